import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type CliWorld, linkAccount } from '../cli-world.fixture.ts';
import { contextOf } from '../context.fixture.ts';
import type { CliContext } from '../context.ts';
import { type EngineAnswers, startEngine } from '../docker-engine.fixture.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import type { Machine } from './machine.ts';
import { type DoctorReport, doctorReportSchema } from './report.ts';

type Reported = DoctorReport['findings'][number];

/** The findings of one check; no server is asked and no container started unless `args` says so. */
export async function findingsOf(
  world: CliWorld,
  check: string,
  args: readonly string[] = ['--offline', '--quick'],
  context: Partial<CliContext> = {},
): Promise<Reported[]> {
  const { findings } = await diagnose(world, args, context);
  return findings.filter((finding) => finding.check === check);
}

/** What `doctor --json` prints; every finding but a good one has to say what to do. */
export async function diagnose(
  world: CliWorld,
  args: readonly string[],
  context: Partial<CliContext> = {},
): Promise<DoctorReport> {
  const { code, stdout } = await world.runWith(context, 'doctor', '--json', ...args);
  const report = doctorReportSchema.parse(JSON.parse(stdout));
  const { ok, findings } = report;
  const isOpen = ({ status, fixed }: Reported) => status === 'problem' && fixed === undefined;
  expect(ok).toBe(!findings.some(isOpen));
  expect(code).toBe(ok ? 0 : 1);
  for (const { status, mend } of findings) expect(mend === undefined).toBe(status === 'ok');
  return report;
}

/** For what the command cannot be told: another machine or project root. */
export async function examineWith(
  world: CliWorld,
  projectRoot: string,
  machine: Partial<Machine>,
): Promise<Finding[]> {
  const context = { ...contextOf(world), projectRoot };
  const usual: Machine = {
    nodeVersion: '24.12.0',
    platform: 'linux',
    uid: 0,
    timeZone: 'UTC',
    freeBytes: async () => 1e12,
  };
  const options = { isOffline: true, isQuick: true };
  const examined = await examine(context, { ...usual, ...machine }, options);
  return examined.flatMap(({ findings }) => findings);
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
  answers: EngineAnswers = {},
): Promise<AsyncDisposable> {
  writeEnv(world, 'ANTHROPIC_API_KEY=sk-test\n');
  world.fill(linkAccount);
  world.register({ '1@g.us': { name: 'One', folder: 'one' } });
  mkdirSync(world.paths.groupFolder('one'), { recursive: true });
  const socket = join(world.home, 'engine.sock');
  world.environment['DOCKER_HOST'] = `unix://${socket}`;
  return startEngine(socket, { ...answers, ...(imageLabels && { imageLabels }) });
}
