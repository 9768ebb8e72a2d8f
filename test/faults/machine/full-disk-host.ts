import { FaultWorld } from '../whatsapp/fault-world.fixture.ts';
import { Ballast } from './ballast.ts';

/** What became of one question that reached the real host when its disk had room for so many pages. */
export interface FullDiskArrival {
  readonly pages: number;
  /** The host cut its connection instead of taking the message. */
  readonly isRefused: boolean;
  /** That a phone in the group shows. */
  readonly answers: number;
}

const MINUTE_MS = 60_000;
/** Rounds go on until there was room enough this often in a row. */
const ENOUGH = 3;
const ballast = new Ballast();
const refusals: boolean[] = [];

await using world = await FaultWorld.open();
const { whatsapp, loopback, signal } = world;
await world.startHost();
const crew = await world.addGroup('crew');
await world.askLast(crew);

while (refusals.length < ENOUGH || refusals.slice(-ENOUGH).includes(true)) {
  await settle();
  refusals.push(await arrive(refusals.length));
}
await settle();
const arrivals = refusals.map((isRefused, pages): FullDiskArrival => {
  return { pages, isRefused, answers: world.countAnswers(`q${pages}`) };
});
process.stdout.write(JSON.stringify(arrivals));

/** Whether the message of a question was refused when it came. It has been answered when this resolves. */
async function arrive(pages: number): Promise<boolean> {
  ballast.leave(pages);
  const { id } = await world.ask(crew, `q${pages}`);
  const isOfIt = ({ messageId }: { messageId: string }) => messageId === id;
  const isRefused = await Promise.race([
    whatsapp.waitForDisconnection(signal).then(() => true),
    loopback.log.waitFor('received', isOfIt, signal).then(() => false),
  ]);
  ballast.remove();
  await world.waitForAnswer(`q${pages}`);
  return isRefused;
}

/** So that each write of a round needs room of its own, and a lost connection counts as the first. */
async function settle(): Promise<void> {
  await whatsapp.waitForQuiet(signal);
  await loopback.app.engine.idle();
  world.look((db) => db.pragma('wal_checkpoint(TRUNCATE)'));
  world.clockOffsetMs += MINUTE_MS;
}
