import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../config.ts';
import { type CliWorld, linkAccount, NOW } from '../cli-world.fixture.ts';
import { startEngine } from '../docker-engine.fixture.ts';
import { examine, type Machine } from './examine.ts';

const doctorShape = z.strictObject({
  ok: z.boolean(),
  findings: z.array(
    z.strictObject({
      check: z.string().regex(/^[a-z]+$/),
      status: z.enum(['ok', 'warning', 'problem']),
      detail: z.string().min(1),
      mend: z.string().min(1).optional(),
    }),
  ),
});

/** The findings of one check; every finding but a good one has to say what to do. */
export async function findingsOf(world: CliWorld, check: string) {
  const { code, stdout } = await world.run('doctor', '--json');
  const { ok, findings } = doctorShape.parse(JSON.parse(stdout));
  expect(ok).toBe(!findings.some(({ status }) => status === 'problem'));
  expect(code).toBe(ok ? 0 : 1);
  for (const { status, mend } of findings) expect(mend === undefined).toBe(status === 'ok');
  return findings.filter((finding) => finding.check === check);
}

/** For what the command cannot be told: another machine or project root. */
export function examineWith(world: CliWorld, projectRoot: string, machine: Partial<Machine>) {
  const context = {
    loadConfig: () => loadConfig(world.environment, projectRoot),
    environment: world.environment,
    projectRoot,
    stdout: () => undefined,
    stderr: () => undefined,
    isTty: false,
    stdin: Readable.from([]),
    isStdinTty: false,
    now: () => NOW,
    signal: new AbortController().signal,
  };
  const usual = { nodeVersion: '24.12.0', platform: 'linux', uid: 0, timeZone: 'UTC' } as const;
  return examine(context, { ...usual, ...machine });
}

export function writeEnv(world: CliWorld, text: string, mode = 0o600): void {
  writeFileSync(join(world.home, '.env'), text);
  chmodSync(join(world.home, '.env'), mode);
}

export function registerCodex(world: CliWorld, codex?: object): void {
  const providerConfig = codex && { codex };
  world.register({ '1@g.us': { name: 'One', folder: 'one', provider: 'codex', providerConfig } });
}

/** Everything that Deckhand needs, on an engine that has the image with these labels. */
export async function startHealthy(
  world: CliWorld,
  imageLabels?: Record<string, string>,
): Promise<AsyncDisposable> {
  writeEnv(world, 'ANTHROPIC_API_KEY=sk-test\n');
  world.fill(linkAccount);
  world.register({ '1@g.us': { name: 'One', folder: 'one' } });
  const socket = join(world.home, 'engine.sock');
  world.environment['DOCKER_HOST'] = `unix://${socket}`;
  return startEngine(socket, imageLabels ? { imageLabels } : {});
}
