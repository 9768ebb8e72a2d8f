import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  FAMILY,
  type MailboxWorld,
  message,
  WORK,
} from '../../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../../src/ipc/mailboxes.ts';
import type { AttackOutcome } from '../outcome.ts';
import { intrude, untilDone } from './intruder.ts';

/** Exchanges of one attack, so many that some fall between any two steps of the host. */
const SWAPS = 10_000;
/** Fewer of those that take the host longer. */
const PIPE_SWAPS = 1_000;
/** Requests that lie outside, each of which would be sent if it were read. */
const OUTSIDE = 20;

const CANARY = 'canary';

/** A request outside of every mailbox that the host would obey if it read it as the family's. */
export async function plantCanary(path: string): Promise<string> {
  await writeFile(path, JSON.stringify(message(FAMILY.jid, CANARY)));
  return path;
}

export async function plantCanaries(folder: string): Promise<string> {
  await mkdir(folder);
  for (let index = 0; index < OUTSIDE; index += 1) await plantCanary(join(folder, `${index}.json`));
  return folder;
}

function canariesSent(world: MailboxWorld): number {
  return world.sent().filter(([, text]) => text === CANARY).length;
}

/** T1, T3: a request and links to a file outside change places while the host reads. */
export async function exchangeFiles(
  world: MailboxWorld,
  host: Mailboxes,
  swaps = SWAPS,
): Promise<AttackOutcome> {
  const target = await plantCanary(join(world.paths.home, 'outside.json'));
  // Its links would give the other one a second name, by which it would be known.
  await plantCanary(`${target}.twin`);
  const before = await readFile(target, 'utf8');
  const box = world.box('family', 'messages');
  const tried = await untilDone(intrude({ exchange: 'file', box, target, swaps }), () =>
    host.settle('family'),
  );
  const read = canariesSent(world);
  const isIntact = (await readFile(target, 'utf8')) === before;
  return {
    tried,
    stopped: isIntact ? tried - read : 0,
    evidence: `canary read ${read} times, intact: ${isIntact}`,
  };
}

/** T3: pipes to which nobody writes take the places of requests; another group asks meanwhile. */
export async function exchangePipes(
  world: MailboxWorld,
  host: Mailboxes,
  swaps = PIPE_SWAPS,
): Promise<AttackOutcome> {
  const box = world.box('family', 'messages');
  let asked = 0;
  const attack = intrude({ exchange: 'pipe', box, target: '', swaps });
  await untilDone(attack, async () => {
    await world.send('work', `${asked}.json`, message(WORK.jid, 'calm'));
    asked += 1;
    host.setActive('family', true);
    await host.settle('work');
  });
  await host.settle('family');
  const answered = world.sent().filter(([jid]) => jid === WORK.jid).length;
  const evidence = `${answered} of ${asked} requests of another group were handled meanwhile`;
  return { tried: asked, stopped: answered, evidence };
}

/** T2: the folder of the requests and a link to a folder outside change places while the host reads. */
export async function exchangeFolders(
  world: MailboxWorld,
  host: Mailboxes,
  swaps = SWAPS,
): Promise<AttackOutcome> {
  const target = await plantCanaries(join(world.paths.home, 'outside'));
  const box = world.box('family', 'messages');
  const tried = await untilDone(intrude({ exchange: 'folder', box, target, swaps }), () =>
    host.settle('family'),
  );
  const read = canariesSent(world);
  const left = (await readdir(target)).length;
  const isIntact = left === OUTSIDE;
  return {
    tried,
    stopped: isIntact ? tried - read : 0,
    evidence: `canaries read: ${read}, left where they lay: ${left} of ${OUTSIDE}`,
  };
}

/** T2: the same with the folder of another group, which goes on asking. */
export async function exchangeWithOthersFolder(
  world: MailboxWorld,
  host: Mailboxes,
  swaps = SWAPS,
): Promise<AttackOutcome> {
  const target = world.box('work', 'messages');
  const box = world.box('family', 'messages');
  let asked = 0;
  const attack = intrude({ exchange: 'folder', box, target, swaps });
  await untilDone(attack, async () => {
    await world.send('work', `${asked}.json`, message(WORK.jid, 'mine'));
    asked += 1;
    await Promise.all([host.settle('family'), host.settle('work')]);
  });
  const handled = world.log.filter((line) => line['msg'] === 'ipc request');
  const own = handled.filter(({ folder, outcome }) => folder === 'work' && outcome === 'accepted');
  const taken = handled.filter(({ folder }) => folder === 'family').length;
  const evidence = `${own.length} of ${asked} handled as its own, ${taken} as the intruder's`;
  return { tried: asked, stopped: own.length - taken, evidence };
}
