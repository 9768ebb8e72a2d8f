import { expect, test } from 'vitest';
import type { FakeRun } from '../../fakes/fake-runner.ts';
import { answer } from '../../fakes/fake-runner.ts';
import type { Group } from '../../loopback/whatsapp/server.ts';
import { FaultWorld, written } from './fault-world.fixture.ts';
import { questionsIn } from './questions.ts';

const DAY_MS = 86_400_000;
const MAX_RUNS = 3;
const GROUPS = 30;
const OLD_PER_GROUP = 3;
/** Every third group has one that is fresh enough to be answered. */
const isAsking = (index: number) => index % 3 === 0;

const textsIn = (world: FaultWorld, { jid }: Group) =>
  world.bob.seen.flatMap((seen) => (seen.fromCompanion && seen.chat === jid ? [seen.text] : []));

/** How many things of a kind were under way at the same time. */
class Gauge {
  highest = 0;
  #now = 0;
  readonly #limit = Promise.withResolvers<void>();

  change(by: 1 | -1): void {
    this.#now += by;
    this.highest = Math.max(this.highest, this.#now);
    if (this.#now === MAX_RUNS) this.#limit.resolve();
  }

  /** Resolves when as many were under way as may be. */
  full(): Promise<void> {
    return this.#limit.promise;
  }
}

/** Agents that take their time until told. */
function playSlowAgents(world: FaultWorld) {
  const gauge = new Gauge();
  const waiting: FakeRun[] = [];
  const end = (run: FakeRun) => {
    gauge.change(-1);
    run.end(answer(`heard ${questionsIn(run.request.prompt).join(' ')}`));
  };
  const isHurrying = { value: false };
  world.respond = (run) => {
    gauge.change(1);
    if (isHurrying.value) setImmediate(() => end(run));
    else waiting.push(run);
    return undefined;
  };
  return {
    gauge,
    hurry() {
      isHurrying.value = true;
      for (const run of waiting.splice(0)) end(run);
    },
  };
}

async function writeBacklog(world: FaultWorld, groups: readonly Group[]): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  for (const [index, group] of groups.entries()) {
    for (let old = 0; old < OLD_PER_GROUP; old += 1) await world.ask(group, `qold${index}`, now);
    if (isAsking(index)) await world.ask(group, `q${index}`, now + DAY_MS / 1000);
  }
}

test.each(['the host was down', 'the host ran without a connection'])(
  'after a day in which %s the backlog starts a bounded number of agents, and each chat is told once of what is too old',
  async (how) => {
    await using world = await FaultWorld.open({ MAX_CONCURRENT_CONTAINERS: String(MAX_RUNS) });
    const agents = playSlowAgents(world);
    await world.startHost();
    const groups: Group[] = [];
    for (let index = 0; index < GROUPS; index += 1) groups.push(await world.addGroup(`g${index}`));
    await world.whatsapp.waitForQuiet();
    const sending = countSends(world);
    const { faults } = world.whatsapp;
    if (how === 'the host was down') {
      await world.stopHost();
    } else {
      await faults.refuseConnections(true);
      faults.dropConnections();
      await world.whatsapp.waitForDisconnection();
    }
    await writeBacklog(world, groups);
    world.clockOffsetMs = DAY_MS;
    if (how === 'the host was down') await world.startHost();
    else await faults.refuseConnections(false);

    await agents.gauge.full();
    agents.hurry();
    for (const [index, group] of groups.entries()) {
      const isTold = ({ chat, text }: { chat: string; text: string }) =>
        chat === group.jid && text.startsWith('I was not reachable');
      await world.bob.waitForMessage(isTold);
      if (isAsking(index)) await world.waitForAnswer(`q${index}`);
    }
    const [first] = groups;
    if (first !== undefined) await world.askLast(first);

    for (const [index, group] of groups.entries()) {
      const told = `${OLD_PER_GROUP} questions came in meanwhile that are too old now`;
      const texts = textsIn(world, group).filter((text) => !text.includes('qlast'));
      expect(texts.filter((text) => text.includes(told))).toHaveLength(1);
      expect(texts.filter((text) => text.startsWith('heard'))).toHaveLength(
        isAsking(index) ? 1 : 0,
      );
      expect(texts).toHaveLength(isAsking(index) ? 2 : 1);
    }
    expect(agents.gauge.highest).toBe(MAX_RUNS);
    expect(sending.highest).toBeLessThanOrEqual(16);
    expect(written(world.bob)).toHaveLength(GROUPS + GROUPS / 3 + 1);
  },
);

function countSends({ loopback }: FaultWorld): Gauge {
  const gauge = new Gauge();
  loopback.log.onActivity(({ type }) => {
    if (type === 'sending') gauge.change(1);
    if (type === 'sent' || type === 'rejected') gauge.change(-1);
  });
  return gauge;
}
