import type { TestContext } from 'vitest';
import { requireBaseImage } from './engine.ts';
import { buildTestImage, type TestImage } from './test-image.ts';

/** Engine with an agent image of which the agent is the fake runner. */
export async function requireFakeAgentImage(context: TestContext): Promise<TestImage> {
  await requireBaseImage(context);
  return await buildFakeAgentImage();
}

/** The same outside of tests. Rejects when no engine answers. */
export function buildFakeAgentImage(): Promise<TestImage> {
  const files = ['fake-agent/Dockerfile', 'fake-runner.ts'] as const;
  return buildTestImage('deckhand-fake-agent', import.meta.dirname, files);
}
