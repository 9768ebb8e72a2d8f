import { join } from 'node:path';
import { systemNow } from '../../src/clock.ts';
import { hostPaths } from '../../src/paths.ts';
import { editRegistrations } from '../../src/registrations/edit.ts';
import { HostProcess } from '../probe/host-process.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../world/model-reach.ts';
import { answerSoak } from './soak-model.ts';
import type { SoakCast } from './traffic.ts';

const PROJECT_ROOT = join(import.meta.dirname, '..', '..');
const GROUPS = 6;
const MEMBERS = 4;

export interface SoakWorld extends AsyncDisposable {
  readonly host: HostProcess;
  readonly cast: SoakCast;
  /** The database's file, without its WAL. */
  readonly database: string;
  /** Messages of the host's log by level `error` and above. */
  readonly errors: readonly string[];
}

/**
 * The host as `deckhand start` runs it, in a process of its own, with real agent processes; WhatsApp and the models
 * are on loopback in this one. Fewer places than groups, and agents that end soon, so that agents come and go.
 */
export async function openSoakWorld(signal: AbortSignal): Promise<SoakWorld> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(
    await LoopbackWorld.start({
      runtime: 'process',
      reach: LOOPBACK_REACH,
      projectRoot: PROJECT_ROOT,
      script: answerSoak,
      env: {
        RECEIPTS: 'on',
        LOG_LEVEL: 'warn',
        MAX_CONCURRENT_CONTAINERS: '4',
        IDLE_TIMEOUT: '10000',
        // A soak cannot wait for the days after which a late question is old.
        MENTION_FRESH_MINUTES: '0',
      },
    }),
  );
  await world.link(signal);
  const cast = await openCast(world, signal);
  const errors: string[] = [];
  const host = stack.use(
    new HostProcess({
      program: join(PROJECT_ROOT, 'src', 'main.ts'),
      args: ['start'],
      env: world.config.hostEnvironment,
      onLogLine: (line) => noteError(line, errors),
    }),
  );
  await world.whatsapp.waitForConnection(signal);
  const resources = stack.move();
  return {
    host,
    cast,
    database: hostPaths(world.config.home).database,
    errors,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openCast(
  { whatsapp, config }: LoopbackWorld,
  signal: AbortSignal,
): Promise<SoakCast> {
  const members = Array.from({ length: MEMBERS }, (_, index) =>
    whatsapp.addPhone({ name: `Member ${index}`, phoneNumber: `1555000010${index}` }),
  );
  const reader = whatsapp.addPhone({ name: 'Reader', phoneNumber: '15550000200' });
  const groups = Array.from({ length: GROUPS }, (_, index) =>
    whatsapp.addGroup({ subject: `Group ${index}`, members: [...members, reader] }),
  );
  const target = { path: hostPaths(config.home).registrations, now: systemNow };
  for (const [index, { jid, subject }] of groups.entries()) {
    const group = { jid, name: subject, folder: `group-${index}`, provider: 'responses' as const };
    const outcome = await editRegistrations(target, { type: 'add', group }, signal);
    if (outcome.status !== 'saved') throw new Error(`${subject} was not registered`);
  }
  return { whatsapp, groups, members, reader };
}

const ERROR_LINE = /"level":(?:50|60)\b.*"msg":"(?<message>[^"]*)"/;

function noteError(line: string, errors: string[]): void {
  const message = ERROR_LINE.exec(line)?.groups?.['message'];
  if (message !== undefined) errors.push(message);
}
