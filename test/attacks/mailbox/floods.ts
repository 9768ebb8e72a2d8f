import {
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
}

/** T5: a flood of requests; stopped when the requests of another group were handled while it went on. */
export async function floodMailbox(
  world: MailboxWorld,
  host: Mailboxes,
  { files, questions }: Flood = { files: 100_000, questions: 20 },
): Promise<AttackOutcome> {
  const box = world.box('family', 'messages');
  const request = JSON.stringify(message(FAMILY.jid, 'flood'));
  await intrude({ exchange: 'flood', box, target: request, swaps: files });
  host.setActive('family', true);
  for (let index = 0; index < questions; index += 1) {
    await world.send('work', `${index}.json`, message(WORK.jid, 'calm'));
    await host.settle('work');
  }
  const sent = world.sent();
  const answered = sent.filter(([jid]) => jid === WORK.jid).length;
  const flooded = sent.length - answered;
  const evidence = `${answered} of ${questions} handled while ${flooded} of ${files} of the flood were`;
  return { tried: questions, stopped: flooded < files / 10 ? answered : 0, evidence };
}
