import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { TestContext } from 'vitest';
import { BASE_IMAGE, requireBaseImage } from './engine.ts';

const FOLDER = import.meta.dirname;
const FILES = ['fake-agent/Dockerfile', 'fake-runner.ts'];

export interface FakeAgentEngine {
  readonly docker: Docker;
  /** Tag of the image; the host takes it for somebody else's and leaves it alone. */
  readonly image: string;
}

/** Engine with an agent image of which the agent is the fake runner. */
export async function requireFakeAgentImage(context: TestContext): Promise<FakeAgentEngine> {
  const docker = await requireBaseImage(context);
  const image = `deckhand-fake-agent:${await hashFiles()}`;
  const output = await docker.buildImage(
    { context: FOLDER, src: FILES },
    { t: image, dockerfile: 'fake-agent/Dockerfile', buildargs: { BASE_IMAGE } },
  );
  const steps = await text(output);
  if (steps.includes('"error"')) throw new Error(`the fake agent image was not built: ${steps}`);
  return { docker, image };
}

async function hashFiles(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(await readFile(join(FOLDER, file)));
  return hash.digest('hex').slice(0, 12);
}
