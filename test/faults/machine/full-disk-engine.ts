import type { InboundMessage } from '../../../src/core/message.ts';
import { describeOutbound } from '../../../src/core/outbound/describe.ts';
import { createLogger } from '../../../src/logger.ts';
import { World } from '../../engine/world.ts';
import { answer } from '../../fakes/fake-runner.ts';
import { Ballast } from './ballast.ts';

/** What became of one question that was asked when the disk had room for so many pages. */
export interface FullDiskRound {
  readonly pages: number;
  /** The host did not take the message. */
  readonly isRefused: boolean;
  /** Visible to the chat: each message once, whatever was sent again under its id. */
  readonly shown: readonly string[];
  readonly agentsAsked: number;
  readonly alarms: number;
}

const HALF_MINUTE_MS = 30_000;
/** Rounds go on until there was room enough this often in a row. */
const ENOUGH = 5;
let alarms = 0;
const ballast = new Ballast();
const rounds: FullDiskRound[] = [];

await using world = new World();
world.receipts = true;
world.logger = createLogger('error', { destination: { write: () => void (alarms += 1) } });
const engine = world.startHost();
world.runner.respond = () => answer('here it is');
world.open();
ingest(world.message());
await engine.idle();

let enough = 0;
for (let pages = 0; enough < ENOUGH; pages++) {
  const round = await ask(pages);
  rounds.push(round);
  enough = round.alarms === 0 ? enough + 1 : 0;
}
process.stdout.write(JSON.stringify(rounds));

async function ask(pages: number): Promise<FullDiskRound> {
  // So that each write of this round needs room of its own.
  world.db?.pragma('wal_checkpoint(TRUNCATE)');
  alarms = 0;
  const [sent, asked] = [world.channel.sent.length, world.runner.runs.length];
  const message = world.message();
  ballast.leave(pages);
  const isTaken = ingest(message);
  await passHalfMinutes(3);
  ballast.remove();
  // The server delivers again what had no receipt, and now and then what had one.
  ingest(message);
  await passHalfMinutes(4);
  await engine.idle();
  const shown = new Map(
    world.channel.sent.slice(sent).map((one) => [one.id, describeOutbound(one)]),
  );
  return {
    pages,
    isRefused: !isTaken,
    shown: [...shown.values()],
    agentsAsked: world.runner.runs.length - asked,
    alarms,
  };
}

function ingest(message: InboundMessage): boolean {
  try {
    engine.ingest(message);
    return true;
  } catch (error) {
    // What the channel does with it: no receipt, and the connection is cut.
    if (!String(error).includes('disk is full')) throw error;
    alarms += 1;
    return false;
  }
}

async function passHalfMinutes(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    world.passDuringRuns(HALF_MINUTE_MS);
  }
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
