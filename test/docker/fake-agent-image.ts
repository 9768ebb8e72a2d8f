import type { TestContext } from 'vitest';
import { requireBaseImage } from './engine.ts';
import { buildTestImage, type TestImage } from './test-image.ts';

/** Engine with an agent image of which the agent is the fake runner. */
export async function requireFakeAgentImage(context: TestContext): Promise<TestImage> {
  await requireBaseImage(context);
  const files = ['fake-agent/Dockerfile', 'fake-runner.ts'] as const;
  return await buildTestImage('deckhand-fake-agent', import.meta.dirname, files);
}
