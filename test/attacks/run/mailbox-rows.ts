import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  FAMILY,
  MAIN,
  MailboxWorld,
  message,
  WORK,
} from '../../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../../src/ipc/mailboxes.ts';
import { FOLDER_NAMES, registerFolders } from '../mailbox/bad-folders.ts';
import {
  exchangeFiles,
  exchangeFolders,
  exchangePipes,
  plantCanary,
} from '../mailbox/exchanges.ts';
import { floodMailbox, sendBombs } from '../mailbox/floods.ts';
import { askForOthers } from '../mailbox/foreign-requests.ts';
import type { Exchange } from '../mailbox/intruder.ts';
import { intrude } from '../mailbox/intruder.ts';
import { jsonBombs } from '../mailbox/json-bombs.ts';
import type { AttackOutcome } from '../outcome.ts';
import type { AttackRow } from './attack-row.ts';
import type { MailboxSite } from './mailbox-site.ts';

/** So many exchanges or requests at once, again and again, while quiet groups ask. */
const PRESSED = 500;

const BOMBS = jsonBombs.map(({ content }) => content);
const FOREIGN = [message(WORK.jid, 'x'), message(MAIN.jid, 'x')];
const FOLDERS = FOLDER_NAMES.map((folder) => ({ type: 'register_group', jid: '9@g.us', folder }));

/** Attacks on the mailbox, which is the host's own file system and database whether containers run or not. */
export const MAILBOX_ROWS: readonly AttackRow<MailboxSite>[] = [
  {
    id: 'T1',
    attack: 'requests and links that change places',
    prove: () => inWorld(exchangeFiles),
    press: pressExchange('file'),
  },
  {
    id: 'T2',
    attack: 'the folder of the requests and a link that change places',
    prove: () => inWorld(exchangeFolders),
    press: pressExchange('folder'),
  },
  {
    id: 'T3',
    attack: 'requests and pipes that change places',
    prove: () => inWorld(exchangePipes),
    press: pressExchange('pipe'),
  },
  {
    id: 'T4',
    attack: 'huge, deep and broken requests',
    prove: () => inWorld(sendBombs),
    press: pressRequests(BOMBS),
  },
  {
    id: 'T5',
    attack: 'a flood of requests',
    prove: proveFlood,
    press: pressExchange('flood'),
  },
  {
    id: 'T6',
    attack: 'requests for what is of other groups',
    prove: () => inWorld(askForOthers),
    press: pressRequests(FOREIGN),
  },
  {
    id: 'T7',
    attack: 'folders that are no names of folders',
    prove: () => inWorld(registerFolders),
    press: pressRequests(FOLDERS),
  },
];

async function inWorld(
  attack: (world: MailboxWorld, host: Mailboxes) => Promise<AttackOutcome>,
): Promise<AttackOutcome> {
  await using world = await MailboxWorld.create();
  return await attack(world, await world.start());
}

async function proveFlood(): Promise<AttackOutcome> {
  await using world = await MailboxWorld.create();
  return await floodMailbox(world);
}

/** One after the other, again and again. */
function pressRequests(contents: readonly unknown[]) {
  return async (site: MailboxSite, signal: AbortSignal): Promise<void> => {
    for (let index = 0; !signal.aborted; index += 1) {
      await site.attack(contents[index % contents.length]);
    }
  };
}

/** Another process that writes as an agent could, while the host looks. */
function pressExchange(exchange: Exchange) {
  return async (site: MailboxSite, signal: AbortSignal): Promise<void> => {
    const target = await plantCanary(`${site.world.paths.home}/outside.json`);
    await plantCanary(`${target}.twin`);
    while (!signal.aborted) {
      const box = site.world.box('family', 'messages');
      site.beBusy();
      await rm(join(dirname(box), 'pipe'), { force: true });
      await intrude({ exchange, box, target: targetOf(exchange, site, target), swaps: PRESSED });
    }
  };
}

function targetOf(exchange: Exchange, site: MailboxSite, file: string): string {
  if (exchange === 'flood') return JSON.stringify(message(FAMILY.jid, 'flood'));
  return exchange === 'folder' ? site.world.box('work', 'tasks') : file;
}
