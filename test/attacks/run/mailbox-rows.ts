import { MAIN, MailboxWorld, message, WORK } from '../../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../../src/ipc/mailboxes.ts';
import { sendBombs } from '../mailbox/floods.ts';
import { askForOthers } from '../mailbox/foreign-requests.ts';
import { jsonBombs } from '../mailbox/json-bombs.ts';
import type { AttackOutcome } from '../outcome.ts';
import type { AttackRow } from './attack-row.ts';
import type { MailboxSite } from './mailbox-site.ts';

/** Attacks on the mailbox, which is the host's own file system and database whether containers run or not. */
export const MAILBOX_ROWS: readonly AttackRow<MailboxSite>[] = [
  {
    id: 'T4',
    attack: 'huge, deep and broken requests',
    prove: () => inWorld(sendBombs),
    press: (site, signal) =>
      pressWith(
        site,
        jsonBombs.map(({ content }) => content),
        signal,
      ),
  },
  {
    id: 'T6',
    attack: 'requests for what is of other groups',
    prove: () => inWorld(askForOthers),
    press: (site, signal) =>
      pressWith(site, [message(WORK.jid, 'x'), message(MAIN.jid, 'x')], signal),
  },
];

async function inWorld(
  attack: (world: MailboxWorld, host: Mailboxes) => Promise<AttackOutcome>,
): Promise<AttackOutcome> {
  await using world = await MailboxWorld.create();
  return await attack(world, await world.start());
}

/** One after the other, again and again. */
async function pressWith(
  site: MailboxSite,
  contents: readonly unknown[],
  signal: AbortSignal,
): Promise<void> {
  for (let index = 0; !signal.aborted; index += 1) {
    await site.attack(contents[index % contents.length]);
  }
}
