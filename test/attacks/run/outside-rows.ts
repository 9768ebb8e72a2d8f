import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { findBridgeAddress } from '../egress/attack-egress.ts';
import { Canary } from '../egress/canary.ts';
import type { AttackOutcome } from '../outcome.ts';
import type { AttackRow } from './attack-row.ts';
import { HOSTILE, type HostSite, WALLED } from './host-site.ts';
import { inside } from './inside.ts';
import { never } from './press-knocks.ts';

const REACH_OUT = inside('reach-out');

const attemptsSchema = z.array(
  z.object({ name: z.string(), isThrough: z.boolean(), said: z.string() }),
);

/** Ways out of a container that the host does not mean to be there. */
export const OUTSIDE_ROWS: readonly AttackRow<HostSite>[] = [
  {
    id: 'T12',
    attack: 'sending elsewhere what may reach the model alone',
    prove: sendElsewhere,
    press: pressFrom(WALLED),
  },
  { id: 'T14', attack: 'ways out to this machine', prove: reachOut, press: pressFrom(HOSTILE) },
];

/** T12: stopped when nothing arrives at a service that a group with another policy may reach. */
async function sendElsewhere(site: HostSite, signal: AbortSignal): Promise<AttackOutcome> {
  const { canary, targets } = serviceOf(site);
  const before = canary.touches;
  const attempts = attemptsSchema.parse(await site.program(REACH_OUT, targets, signal, WALLED));
  return judgeAttempts(attempts, canary.touches - before);
}

function judgeAttempts(attempts: z.infer<typeof attemptsSchema>, touches: number): AttackOutcome {
  const out = attempts.filter(({ isThrough }) => isThrough).map(({ name }) => name);
  const denied = attempts.filter(({ said }) => /^HTTP\/1.1 4/.test(said)).length;
  const evidence = `${touches} arrived, ${denied} were denied by the host, through: ${out.join() || 'none'}`;
  // A door that refuses everybody would show nothing.
  const stopped = touches === 0 && denied > 0 ? attempts.length - out.length : 0;
  return { tried: attempts.length, stopped, evidence };
}

/** T14: stopped when nothing of this machine has answered, and nothing has arrived there. */
async function reachOut(site: HostSite, signal: AbortSignal): Promise<AttackOutcome> {
  if (site.docker === undefined) throw new Error('this attack needs containers');
  const secret = `canary-${randomBytes(8).toString('hex')}`;
  const { canary, ...ports } = await Canary.start(secret);
  await using _canary = canary;
  const host = await findBridgeAddress(site.docker);
  const argument = { host, ...ports, secret };
  const attempts = attemptsSchema.parse(await site.program(REACH_OUT, argument, signal));
  return judgeAttempts(attempts, canary.touches);
}

function serviceOf({ service }: HostSite) {
  if (service === undefined) throw new Error('this attack needs containers');
  return service;
}

/** The owner's service again and again, from a group that may not reach it or by ways that are none. */
function pressFrom(folder: string) {
  return async (site: HostSite, signal: AbortSignal): Promise<void> => {
    const { targets } = serviceOf(site);
    while (!signal.aborted) await site.program(REACH_OUT, targets, never, folder);
  };
}
