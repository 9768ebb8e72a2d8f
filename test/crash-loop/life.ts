import { waitUnlessAborted } from '../../src/wait.ts';
import type { WhatsAppServer } from '../loopback/whatsapp/server.ts';
import type { Actor } from './actor.ts';
import type { Order } from './host/host-messages.ts';
import type { HostPool } from './host/host-pool.ts';
import type { HostEnd, HostProcess } from './host/host-process.ts';
import { applyFaults, clearFaults } from './plan/fault-plan.ts';
import type { KillPlan } from './plan/kill-plan.ts';
import type { LifePlan } from './plan/plan.ts';

/** A host that has not come to its planned end by then is killed all the same, however busy it is. */
const LIMIT_MS = 20_000;

export interface LifeDeps {
  readonly hosts: HostPool;
  readonly whatsapp: WhatsAppServer;
  readonly actor: Actor;
}

/**
 * How a life ended: at a crash point, at a random time (`passes`, `start`), or `late` when the planned moment did not
 * come. `broken`: the host ended by itself, which it should never do.
 */
export type LifeEnd =
  | { readonly status: 'killed'; readonly at: string }
  | { readonly status: 'broken'; readonly end: HostEnd };

/** One life of a host, from its start to its kill, with what happens around it. */
export async function liveOnce(
  { hosts, whatsapp, actor }: LifeDeps,
  plan: LifePlan,
  clockOffsetMs: number,
  signal: AbortSignal,
): Promise<LifeEnd> {
  const over = new AbortController();
  await actor.perform(plan.whileDown, AbortSignal.abort());
  applyFaults(whatsapp.faults, plan.faults);
  const host = await hosts.take();
  const onAbort = () => host.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  void host.ended.then(() => over.abort());
  host.give(orderFor(plan.kill, clockOffsetMs));
  const traffic = untilOnline(whatsapp, over.signal).then(() =>
    actor.perform(plan.whileUp, over.signal),
  );
  const at = await killAsPlanned(host, plan.kill, over.signal);
  const end = await host.ended;
  signal.removeEventListener('abort', onAbort);
  await traffic;
  await whatsapp.waitForDisconnection();
  clearFaults(whatsapp.faults);
  return end.signal === 'SIGKILL' ? { status: 'killed', at } : { status: 'broken', end };
}

function orderFor(kill: KillPlan, clockOffsetMs: number): Order {
  const start = { type: 'start', clockOffsetMs } as const;
  switch (kill.at) {
    case 'point':
      return { ...start, killAt: { point: kill.point, pass: kill.pass } };
    case 'passes':
      return { ...start, tellAfter: kill.passes };
    case 'start':
      return start;
    default:
      return kill satisfies never;
  }
}

/** Resolves also when the life is over before. */
async function untilOnline(whatsapp: WhatsAppServer, over: AbortSignal): Promise<void> {
  try {
    await whatsapp.waitForConnection(over);
  } catch (error) {
    if (!over.aborted) throw error;
  }
}

/** Gives where the host was killed. */
async function killAsPlanned(
  host: HostProcess,
  kill: KillPlan,
  over: AbortSignal,
): Promise<string> {
  switch (kill.at) {
    case 'point': {
      await Promise.race([host.quiet, waitUnlessAborted(LIMIT_MS, over)]);
      // It has killed itself unless it is still there.
      if (over.aborted) return kill.point;
      host.kill();
      return 'late';
    }
    case 'passes': {
      const limit = Promise.race([host.quiet, waitUnlessAborted(LIMIT_MS, over)]);
      const reached = host.reached.then(() => 'passes');
      const at = await Promise.race([reached, limit.then(() => 'late')]);
      if (at === 'passes') await waitUnlessAborted(kill.delayMs, over);
      host.kill();
      return at;
    }
    case 'start':
      await waitUnlessAborted(kill.delayMs, over);
      host.kill();
      return 'start';
    default:
      return kill satisfies never;
  }
}
