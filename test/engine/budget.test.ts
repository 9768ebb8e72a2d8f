import type { Usage } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import type { Budget } from '../../src/core/group.ts';
import { createRunAttempts } from '../../src/db/run-attempts.ts';
import { createRunUsage } from '../../src/db/run-usage.ts';
import { createRuns } from '../../src/db/runs.ts';
import type { RunOutcome } from '../../src/ports.ts';
import { answer } from '../fakes/fake-runner.ts';
import { failure } from './chain-world.ts';
import { HOUR, schedule, slotsOf } from './task-world.ts';
import { FAMILY, group, WORK, World } from './world.ts';

class BudgetWorld extends World {
  constructor(budget: Budget, timeZone = 'UTC') {
    super();
    this.setBudget(budget, timeZone);
  }

  setBudget(budget: Budget, timeZone = 'UTC'): void {
    const family = { jid: FAMILY, name: 'Family', folder: 'family', timeZone, budget };
    this.groups.set(FAMILY, group(family));
  }

  openHost() {
    const engine = this.startHost();
    this.open();
    this.runner.respond = () => costing(100);
    return engine;
  }

  async ask(text = '@Assistant hello'): Promise<void> {
    this.engine?.ingest(this.message({ text }));
    await this.engine?.idle();
  }

  get ends(): unknown[] {
    return (
      this.db?.prepare('select ifnull(reason, state) from runs order by rowid').pluck().all() ?? []
    );
  }

  get states(): unknown[] {
    return this.db?.prepare('select state from messages order by seq').pluck().all() ?? [];
  }
}

function costing(tokens: number): RunOutcome {
  return { status: 'answered', text: 'hi', isCut: false, usage: usageOf(tokens) };
}

function usageOf(tokens: number): Usage {
  return { inputTokens: tokens - 20, cachedInputTokens: 0, outputTokens: 20 };
}

const USED_UP =
  'This chat has used up its 2 runs for today, so I answer again from Sun 2026-11-22 00:00 on.';

test('over budget nothing is asked, and the chat is told once a day when it works again', async () => {
  await using world = new BudgetWorld({ runsPerDay: 2 });
  world.openHost();
  for (let asked = 0; asked < 5; asked++) await world.ask();
  expect(world.runner.runs).toHaveLength(2);
  expect(world.channel.texts).toEqual(['hi', 'hi', USED_UP]);
  expect(world.states).toEqual(['answered', 'answered', 'failed', 'failed', 'failed']);
  expect(world.ends).toEqual(['answered', 'answered', 'budget', 'budget', 'budget']);
  const sentence = world.channel.sent[2];
  expect(sentence).toMatchObject({ quoted: { id: 'M3' } });
});

test('a budget that is raised and used up again on the same day is told again', async () => {
  await using world = new BudgetWorld({ runsPerDay: 1 });
  world.openHost();
  for (let asked = 0; asked < 2; asked++) await world.ask();
  world.setBudget({ runsPerDay: 2 });
  for (let asked = 0; asked < 3; asked++) await world.ask();
  expect(world.channel.texts).toEqual([
    'hi',
    expect.stringContaining('its 1 run for today'),
    'hi',
    expect.stringContaining('its 2 runs for today'),
  ]);
});

test('each question over budget gets its receipt', async () => {
  await using world = new BudgetWorld({ runsPerDay: 0 });
  world.receipts = true;
  world.openHost();
  await world.ask();
  await world.ask();
  const reactions = world.channel.sent.filter(({ kind }) => kind === 'reaction');
  expect(new Set(reactions.map((one) => one.kind === 'reaction' && one.target.id))).toEqual(
    new Set(['M1', 'M2']),
  );
  expect(reactions.at(-1)).toMatchObject({ emoji: '⚠️' });
});

test('a budget of nothing is a pause that no midnight ends', async () => {
  await using world = new BudgetWorld({ runsPerDay: 0 });
  world.openHost();
  await world.ask();
  await world.passUntil(world.nowMs + 24 * HOUR);
  await world.ask();
  expect(world.runner.runs).toHaveLength(0);
  expect(world.channel.texts).toHaveLength(2);
  for (const text of world.channel.texts) expect(text).toContain('I am paused in this chat');
});

test('the run that passes the tokens is the last of the day', async () => {
  await using world = new BudgetWorld({ tokensPerDay: 150 });
  world.openHost();
  for (let asked = 0; asked < 3; asked++) await world.ask();
  expect(world.runner.runs).toHaveLength(2);
  expect(world.channel.texts[2]).toContain('its 150 tokens for today');
});

test('a run without an answer has cost its tokens, and one that failed has cost its run', async () => {
  await using world = new BudgetWorld({ runsPerDay: 5, tokensPerDay: 100 });
  world.openHost();
  world.runner.respond = () => failure('refused');
  await world.ask();
  world.runner.respond = () => ({ ...costing(100), text: '' }) as RunOutcome;
  await world.ask();
  await world.ask();
  world.setBudget({ runsPerDay: 2 });
  await world.ask();
  expect(world.ends).toEqual(['refused', 'no_answer', 'budget', 'budget']);
});

test('a failed attempt has cost the tokens that its model has counted, whatever follows it', async () => {
  await using world = new BudgetWorld({ tokensPerDay: 100 });
  const engine = world.openHost();
  world.runner.respond = ({ request }) =>
    request.runId.endsWith('-1')
      ? { ...failure('session'), usage: usageOf(60) }
      : { ...failure('refused'), usage: usageOf(40) };
  engine.ingest(world.message());
  await world.passUntilSent(1);
  await world.ask();
  expect(world.ends).toEqual(['refused', 'budget']);
  const tokens = 'select input_tokens + output_tokens from run_attempts order by attempt';
  expect(world.db?.prepare(tokens).pluck().all()).toEqual([60, 40]);
});

const outOfTokens = (tokens: number): RunOutcome => ({
  ...failure('out_of_tokens'),
  usage: usageOf(tokens),
});

test('a run that its budget stops in the middle says what a run over budget says, once a day', async () => {
  await using world = new BudgetWorld({ tokensPerDay: 150 });
  world.openHost();
  await world.ask();
  world.runner.respond = () => outOfTokens(60);
  for (let asked = 0; asked < 3; asked++) await world.ask();
  expect(world.runner.runs).toHaveLength(2);
  expect(world.ends).toEqual(['answered', 'out_of_tokens', 'budget', 'budget']);
  expect(world.channel.texts).toEqual([
    'hi',
    'This chat has used up its 150 tokens for today, so I answer again from Sun 2026-11-22 00:00 on.',
  ]);
});

test('a run that was stopped by a budget of yesterday or one that was raised since is not refused by its model', async () => {
  await using world = new BudgetWorld({ tokensPerDay: 50 });
  world.openHost();
  world.runner.respond = () => {
    world.setBudget({ tokensPerDay: 500 });
    return outOfTokens(60);
  };
  await world.ask();
  expect(world.channel.texts).toEqual([
    'I could not answer because this chat has used up what it may use in a day; please ask me again later.',
  ]);
});

test('a task that its budget stops in the middle is told of with that reason', async () => {
  await using world = new BudgetWorld({ tokensPerDay: 50 });
  world.openHost();
  world.runner.respond = () => outOfTokens(60);
  schedule(world);
  await world.passUntil(world.nowMs + 2 * HOUR);
  expect(world.channel.texts).toEqual([
    expect.stringMatching(
      /failed because this chat has used up what it may use in a day until Sun 2026-11-22 00:00\.$/,
    ),
  ]);
});

test('after midnight of the zone the group is answered again, and not before', async () => {
  await using world = new BudgetWorld({ runsPerDay: 1 }, 'Europe/Berlin');
  world.openHost();
  await world.ask();
  world.nowMs = Date.parse('2026-11-21T22:59:59Z');
  await world.ask();
  expect(world.runner.runs).toHaveLength(1);
  expect(world.channel.texts[1]).toContain('from Sun 2026-11-22 00:00 on');
  world.nowMs = Date.parse('2026-11-21T23:00Z');
  await world.ask();
  await world.ask();
  expect(world.runner.runs).toHaveLength(2);
  expect(world.channel.texts.slice(2)).toEqual(['hi', expect.stringContaining('Mon 2026-11-23')]);
});

test.for([
  ['2026-10-24T22:30Z', '2026-10-25T22:30Z', '2026-10-25T23:00Z'],
  ['2026-03-28T23:30Z', '2026-03-29T21:30Z', '2026-03-29T22:00Z'],
] as const)(
  'the day on which clocks are set has one budget, from %s to %s',
  async ([first, last, next]) => {
    await using world = new BudgetWorld({ runsPerDay: 1 }, 'Europe/Berlin');
    world.nowMs = Date.parse(first);
    world.openHost();
    await world.ask();
    world.nowMs = Date.parse(last);
    await world.ask();
    expect(world.runner.runs).toHaveLength(1);
    world.nowMs = Date.parse(next);
    await world.ask();
    expect(world.runner.runs).toHaveLength(2);
  },
);

test('a run that began before midnight is of the day before', async () => {
  await using world = new BudgetWorld({ runsPerDay: 1, tokensPerDay: 100 });
  const engine = world.openHost();
  world.runner.respond = undefined;
  world.nowMs = Date.parse('2026-11-21T23:59Z');
  engine.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.nowMs = Date.parse('2026-11-22T00:01Z');
  run.end(costing(100));
  await engine.idle();
  world.runner.respond = () => costing(100);
  await world.ask();
  await world.ask();
  expect(world.ends).toEqual(['answered', 'answered', 'budget']);
});

test('a restart neither gives a new budget nor tells the chat again', async () => {
  await using world = new BudgetWorld({ runsPerDay: 2 });
  world.openHost();
  for (let asked = 0; asked < 3; asked++) await world.ask();
  world.crash();
  world.openHost();
  await world.ask();
  expect([world.runner.runs, world.channel.texts]).toEqual([[], []]);
  expect(world.ends).toEqual(['answered', 'answered', 'budget', 'budget']);
});

test('a run that is adopted ends although the budget is used up, and counts', async () => {
  await using world = new BudgetWorld({ runsPerDay: 1 });
  const first = world.openHost();
  world.runner.respond = undefined;
  first.ingest(world.message());
  const { request } = await world.runner.waitForRun(1);
  world.crash();
  const engine = world.startHost();
  world.runner.adoptable.set(request.runId, answer('from the old container'));
  world.open();
  await engine.idle();
  await world.ask();
  expect(world.channel.texts).toEqual([
    'from the old container',
    expect.stringContaining('used up its 1 run for today'),
  ]);
});

test('a question that waited for a place is refused by the budget of the moment it would start', async () => {
  await using world = new BudgetWorld({ runsPerDay: 5 });
  world.maxConcurrentContainers = 1;
  const engine = world.openHost();
  world.runner.respond = undefined;
  engine.ingest(world.message({ chatJid: WORK }));
  const busy = await world.runner.waitForRun(1);
  engine.ingest(world.message());
  world.setBudget({ runsPerDay: 0 });
  busy.end(answer('done'));
  await engine.idle();
  expect(world.channel.texts).toEqual(['done', expect.stringContaining('paused')]);
});

test("a task's slot over budget is left out, which its history says and the chat does not hear", async () => {
  await using world = new BudgetWorld({ runsPerDay: 2 });
  world.openHost();
  const id = schedule(world);
  await world.passUntil(world.nowMs + 4 * HOUR);
  const slots = slotsOf(world, id).map(({ state, reason, runId }) => [
    state,
    reason,
    runId !== null,
  ]);
  expect(slots).toEqual([
    ['answered', null, true],
    ['answered', null, true],
    ['skipped', 'budget', false],
    ['skipped', 'budget', false],
  ]);
  expect(world.channel.texts).toEqual(['hi', 'hi']);
  await world.ask();
  expect(world.channel.texts[2]).toBe(USED_UP);
  await world.passUntil(Date.UTC(2026, 10, 22, 0, 30));
  expect(slotsOf(world, id).at(-1)?.state).toBe('answered');
});

test('the use of a day is that of one chat, of all kinds of runs, and without what was refused', async () => {
  await using world = new BudgetWorld({ runsPerDay: 3 });
  const engine = world.openHost();
  schedule(world, { contextMode: 'isolated' });
  await world.passUntil(world.nowMs + HOUR);
  for (let asked = 0; asked < 4; asked++) await world.ask();
  engine.ingest(world.message({ chatJid: WORK }));
  await engine.idle();
  const db = world.db!;
  const day = { from: Date.UTC(2026, 10, 21), until: Date.UTC(2026, 10, 22) };
  expect(createRunUsage(db).between(FAMILY, day)).toEqual({ runs: 3, tokens: 300 });
  const before = { from: day.from - 24 * HOUR, until: day.from };
  expect(createRunUsage(db).between(FAMILY, before)).toEqual({ runs: 0, tokens: 0 });
});

test('all attempts of a run count, and a run of an earlier version counts by its own tokens', async () => {
  await using world = new BudgetWorld({});
  world.startHost();
  const db = world.db!;
  const [runs, attempts] = [createRuns(db), createRunAttempts(db)];
  const usage = { inputTokens: 70, cachedInputTokens: 0, outputTokens: 30 };
  const fields = {
    kind: 'messages',
    chatJid: FAMILY,
    folder: 'family',
    provider: 'codex',
  } as const;
  runs.insert({ ...fields, id: 'old', now: 1_000 });
  runs.finish('old', 'answered', 1_500, { usage });
  runs.insert({ ...fields, id: 'new', now: 2_000 });
  for (const attempt of [1, 2]) {
    const key = { runId: 'new', attempt };
    attempts.begin({ ...key, provider: 'codex', model: 'a/b', now: 2_000 });
    attempts.end(key, { outcome: 'answered', usage }, { firstEventAt: undefined, tools: 0 }, 2_500);
  }
  runs.finish('new', 'answered', 2_500, { usage });
  expect(createRunUsage(db).between(FAMILY, { from: 0, until: 9_000 })).toEqual({
    runs: 2,
    tokens: 300,
  });
});
