import {
  createSilentHints,
  FAMILY,
  type MailboxWorld,
  message,
  WORK,
} from '../../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../../src/ipc/mailboxes.ts';
import type { AttackOutcome } from '../outcome.ts';
import { intrude } from './intruder.ts';
import { type JsonBomb, jsonBombs } from './json-bombs.ts';

/** T4: each bomb as a request; stopped when it is refused in one short line of the log and nothing is sent. */
export async function sendBombs(
  world: MailboxWorld,
  host: Mailboxes,
  bombs: readonly JsonBomb[] = jsonBombs,
): Promise<AttackOutcome> {
  const passed: string[] = [];
  for (const [index, { what, content }] of bombs.entries()) {
    const name = `bomb-${index}.json`;
    const lines = world.log.length;
    await world.send('family', name, content);
    await host.settle('family');
    const logged = JSON.stringify(world.log.slice(lines));
    const isRefused = (await world.refusal('family', name)) !== undefined;
    const isShort = world.log.length === lines + 1 && logged.length < 500;
    if (!isRefused || !isShort) passed.push(what);
  }
  if (world.sent().length > 0) passed.push(`sent: ${JSON.stringify(world.sent()).slice(0, 200)}`);
  const evidence = passed.length === 0 ? `${bombs.length} refused` : passed.join('; ');
  return { tried: bombs.length, stopped: bombs.length - passed.length, evidence };
}

/** What one group writes while another one asks for something now and then. */
export interface Flood {
  readonly files: number;
  readonly questions: number;
  /** What each group may do at once. */
  readonly share: number;
}

const FLOOD: Flood = { files: 100_000, questions: 20, share: 100 };

/**
 * T5: a flood of requests, by a clock that stands still, so that no share is refilled; stopped when the flood came to
 * an end with its own share and the requests of another group were handled all the same.
 */
export async function floodMailbox(
  world: MailboxWorld,
  { files, questions, share }: Flood = FLOOD,
): Promise<AttackOutcome> {
  const box = world.box('family', 'messages');
  const clock = createStillClock();
  const rate = { burst: share, perSecond: 100 };
  const host = await world.start({ ...clock, rate, createHints: createSilentHints });
  const request = JSON.stringify(message(FAMILY.jid, 'flood'));
  await intrude({ exchange: 'flood', box, target: request, swaps: files });
  host.setActive('family', true);
  for (let index = 0; index < questions; index += 1) {
    await world.send('work', `${index}.json`, message(WORK.jid, 'calm'));
    await host.settle('work');
  }
  const countOf = (jid: string) => world.sent().filter(([to]) => to === jid).length;
  while (!clock.hasWaiter() && countOf(FAMILY.jid) <= FLOOD.share) await new Promise(setImmediate);
  const answered = countOf(WORK.jid);
  const flooded = countOf(FAMILY.jid);
  const evidence = `${answered} of ${questions} handled beside ${flooded} of ${files} of the flood, which may do ${FLOOD.share} at once`;
  return { tried: questions, stopped: flooded <= FLOOD.share ? answered : 0, evidence };
}

/** Nobody who waits is ever called, and it is known whether somebody waits for a turn. */
function createStillClock() {
  let isWaitedFor = false;
  return {
    now: () => 0,
    after(delayMs: number) {
      // Longer ones are until the next sweep.
      isWaitedFor ||= delayMs < 1_000;
      return () => undefined;
    },
    hasWaiter: () => isWaitedFor,
  };
}
