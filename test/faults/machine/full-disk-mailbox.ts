import {
  createSilentHints,
  FAMILY,
  MailboxWorld,
  message,
} from '../../../src/ipc/mailbox-world.fixture.ts';
import { Ballast } from './ballast.ts';

/** What became of one request that an agent had written before the disk was filled up to so many pages. */
export interface FullDiskRequest {
  readonly pages: number;
  /** While the disk was full the request had no reply yet. */
  readonly isPutOff: boolean;
  readonly effects: number;
  readonly isAccepted: boolean;
  readonly leftovers: readonly string[];
}

const MAX_PAGES = 24;
const ballast = new Ballast();
const requests: FullDiskRequest[] = [];

await using world = await MailboxWorld.create();
const host = await world.start({ createHints: createSilentHints });
await host.idle();
for (let pages = 0; pages < MAX_PAGES; pages++) requests.push(await cutOff(pages));
process.stdout.write(JSON.stringify(requests));

async function cutOff(pages: number): Promise<FullDiskRequest> {
  world.db.pragma('wal_checkpoint(TRUNCATE)');
  const name = `r${pages}.json`;
  await world.send('family', name, message(FAMILY.jid, name));
  ballast.leave(pages);
  await host.settle('family');
  const isPutOff = (await world.reply('family', name)) === undefined;
  ballast.remove();
  // Once for what was put off, once for what lay behind it.
  await host.settle('family');
  await host.settle('family');
  const reply = await world.reply('family', name);
  return {
    pages,
    isPutOff,
    effects: world.sent().filter(([, text]) => text === name).length,
    isAccepted: reply?.ok === true,
    leftovers: await world.leftovers('family'),
  };
}
