import { waitUnlessAborted } from '../../src/wait.ts';
import type { WhatsAppServer } from '../loopback/whatsapp/server.ts';
import type { HostPool } from './host/host-pool.ts';
import type { HostProcess } from './host/host-process.ts';
import type { HostFacts } from './ledger/host-facts.ts';
import { countOpenRequests } from './ledger/leftovers.ts';

const LOOK_EVERY_MS = 100;
/** So often in a row nothing must be open, since a phone may still be decrypting. */
const QUIET_LOOKS = 3;
const QUIET_LIMIT_MS = 300_000;
/** A host stops within ten seconds; the machine may be busy. */
const STOP_LIMIT_MS = 60_000;
/** A slot that failed is tried again some minutes later; the clock is moved on by steps that are no gap. */
const CLOCK_STEP_MS = 240_000;
const MAX_LIVES = 5;

export interface DrainDeps {
  readonly hosts: HostPool;
  readonly whatsapp: WhatsAppServer;
  readonly facts: HostFacts;
  readonly home: string;
  readonly clock: { now(): number; offsetMs(): number; moveOn(ms: number): void };
}

export interface Rest {
  /** What went wrong on the way to it. */
  readonly problems: string[];
  /** When nothing was open, by the host's clock; the tasks go on. */
  readonly at: number;
}

/** Lets the host run undisturbed until nothing is open, and stops it. */
export async function drain(deps: DrainDeps, signal: AbortSignal): Promise<Rest> {
  const problems: string[] = [];
  let at = deps.clock.now();
  for (let life = 1; life <= MAX_LIVES; life += 1) {
    await using host = await deps.hosts.take();
    host.give({ type: 'start', clockOffsetMs: deps.clock.offsetMs() });
    const quietAt = await untilQuiet(deps, host, signal);
    if (quietAt === undefined) problems.push('the host did not come to rest');
    at = quietAt ?? deps.clock.now();
    problems.push(...(await stop(host)));
    if (deps.facts.nextRetryAt() === undefined || problems.length > 0) return { problems, at };
    deps.clock.moveOn(CLOCK_STEP_MS);
  }
  return { problems: ['a slot waits for another attempt again and again'], at };
}

/** When nothing was open, by the host's clock; undefined when it takes too long. */
async function untilQuiet(
  deps: DrainDeps,
  host: HostProcess,
  signal: AbortSignal,
): Promise<number | undefined> {
  const over = new AbortController();
  void host.ended.then(() => over.abort());
  const limit = AbortSignal.any([signal, over.signal, AbortSignal.timeout(QUIET_LIMIT_MS)]);
  let quiet = 0;
  while (!limit.aborted) {
    const quietAt = await lookForQuiet(deps, limit);
    quiet = quietAt === undefined ? 0 : quiet + 1;
    if (quiet >= QUIET_LOOKS) return quietAt;
    await waitUnlessAborted(LOOK_EVERY_MS, limit);
  }
  signal.throwIfAborted();
  return undefined;
}

async function lookForQuiet(
  { whatsapp, facts, home, clock }: DrainDeps,
  limit: AbortSignal,
): Promise<number | undefined> {
  try {
    await whatsapp.waitForConnection(limit);
    await whatsapp.waitForQuiet(limit);
  } catch (error) {
    if (limit.aborted) return undefined;
    throw error;
  }
  const now = clock.now();
  const open = Object.values(facts.open(now)).reduce((sum, rows) => sum + rows, 0);
  const isQuiet = open === 0 && facts.pendingOnce() === 0 && (await countOpenRequests(home)) === 0;
  return isQuiet ? now : undefined;
}

async function stop(host: HostProcess): Promise<string[]> {
  host.give({ type: 'stop' });
  const done = new AbortController();
  const late = waitUnlessAborted(STOP_LIMIT_MS, done.signal);
  const end = await Promise.race([host.ended, late.then(() => undefined)]);
  done.abort();
  if (end === undefined) return [`the host did not stop within ${STOP_LIMIT_MS} ms`];
  return end.exitCode === 0 ? [] : [`the host stopped with exit code ${end.exitCode}`];
}
