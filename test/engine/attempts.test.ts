import type { RunEvent } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import type { RunOutcome } from '../../src/ports.ts';
import { answer, type FakeRun } from '../fakes/fake-runner.ts';
import { ChainWorld, FIRST, failure, SECOND } from './chain-world.ts';
import { commitsOf } from './commits.ts';
import { schedule } from './task-world.ts';
import { FAMILY, type World } from './world.ts';

const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20 };

function attemptsOf(world: World): Record<string, unknown>[] {
  return (
    world.db
      ?.prepare<[], Record<string, unknown>>('select * from run_attempts order by run_id, attempt')
      .all() ?? []
  );
}

function usesOfTools(runId: string, count: number): RunEvent[] {
  const event = { type: 'progress', kind: 'tool', detail: 'bash: ls', runId } as const;
  return Array.from({ length: count }, (_, seq) => ({ ...event, seq }));
}

function withUsage(text: string): RunOutcome {
  return { ...answer(text), status: 'answered', text, isCut: false, usage };
}

async function askWithoutEnd(world: ChainWorld): Promise<FakeRun> {
  world.start();
  world.runner.respond = undefined;
  world.engine?.ingest(world.message());
  return world.runner.waitForRun(1);
}

test('an answered run keeps its model, its container, when it first moved, its tools and its tokens', async () => {
  await using world = new ChainWorld();
  world.start();
  world.runner.respond = (run) => {
    for (const event of usesOfTools(run.request.runId, 3)) run.handlers.onEvent(event);
    return withUsage('fine');
  };
  await world.ask();
  const [row, ...others] = attemptsOf(world);
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    attempt: 1,
    provider: 'codex',
    model: FIRST,
    container_id: 'container-1',
    outcome: 'answered',
    class: null,
    tools: 3,
    input_tokens: 100,
    output_tokens: 20,
  });
  const times = ['started_at', 'container_at', 'first_event_at', 'ended_at'].map((at) => row?.[at]);
  expect(times).toEqual(times.map(Number).toSorted((a, b) => a - b));
});

test('a failed attempt keeps its class and what was said, beside the one that came after it', async () => {
  await using world = new ChainWorld();
  world.start();
  world.outcomes = { 'gpt-a': () => failure('quota') };
  await world.ask();
  expect(attemptsOf(world)).toMatchObject([
    { attempt: 1, model: FIRST, outcome: 'failed', class: 'quota', detail: 'as scripted: quota' },
    { attempt: 2, model: SECOND, outcome: 'answered', class: null, detail: null },
  ]);
});

test('the last attempt of a run that failed is kept as failed', async () => {
  await using world = new ChainWorld();
  world.start();
  world.outcomes = { 'gpt-a': () => failure('refused') };
  await world.ask();
  expect(attemptsOf(world)).toMatchObject([{ outcome: 'failed', class: 'refused' }]);
});

test('an attempt without an answer is kept as failed, with the tokens that it cost', async () => {
  await using world = new ChainWorld();
  world.start();
  world.runner.respond = () => withUsage('');
  await world.ask();
  const row = { outcome: 'failed', class: 'no_answer', input_tokens: 100 };
  expect(attemptsOf(world)).toMatchObject([row]);
});

test('the run of a task keeps its attempts as well', async () => {
  await using world = new ChainWorld();
  world.start();
  world.runner.respond = () => withUsage('sunny');
  schedule(world);
  await world.passUntil(world.nowMs + 3_600_000);
  expect(attemptsOf(world)).toMatchObject([{ outcome: 'answered', output_tokens: 20 }]);
});

test('an attempt whose host was killed goes on in its row when it is adopted', async () => {
  await using world = new ChainWorld();
  const run = await askWithoutEnd(world);
  world.crash();
  const engine = world.start(false);
  world.runner.adoptable.set(run.request.runId, withUsage('fine'));
  world.runner.onAdopt = (runId, handlers) => {
    handlers.onContainer('container-1');
    for (const event of usesOfTools(runId, 2)) handlers.onEvent(event);
  };
  const adoptedAt = world.nowMs;
  world.open();
  await engine.idle();
  const rows = attemptsOf(world);
  expect(rows).toMatchObject([{ attempt: 1, outcome: 'answered', tools: 2, output_tokens: 20 }]);
  expect(rows[0]?.['container_at']).toBeLessThan(adoptedAt);
});

test('an orderly stop keeps when an attempt first moved, and counts no tool twice', async () => {
  await using world = new ChainWorld();
  const run = await askWithoutEnd(world);
  const events = usesOfTools(run.request.runId, 2);
  for (const event of events) run.handlers.onEvent(event);
  await world.stopHost();
  const engine = world.start(false);
  expect(attemptsOf(world)).toMatchObject([{ outcome: null, ended_at: null, tools: 2 }]);
  const movedAt = attemptsOf(world)[0]?.['first_event_at'];
  world.runner.adoptable.set(run.request.runId, answer('fine'));
  world.runner.onAdopt = (_runId, handlers) => {
    for (const event of [...events, ...events.slice(0, 1)]) handlers.onEvent(event);
  };
  world.open();
  await engine.idle();
  expect(attemptsOf(world)).toMatchObject([{ tools: 3, first_event_at: movedAt }]);
  expect(movedAt).not.toBeNull();
});

test('an attempt whose container is gone is left, and the next one has a row of its own', async () => {
  await using world = new ChainWorld();
  await askWithoutEnd(world);
  world.crash();
  const engine = world.start();
  await engine.idle();
  expect(attemptsOf(world)).toMatchObject([
    { attempt: 1, outcome: 'left', class: null },
    { attempt: 2, outcome: 'answered' },
  ]);
});

test('an attempt of a group that is registered no more is left', async () => {
  await using world = new ChainWorld();
  await askWithoutEnd(world);
  world.crash();
  world.groups.delete(FAMILY);
  const engine = world.start();
  await engine.idle();
  expect(attemptsOf(world)).toMatchObject([{ outcome: 'left' }]);
});

test('when no model may be asked the run opens and ends at once, without an attempt', async () => {
  await using world = new ChainWorld();
  const notice = 'Run `deckhand login codex`.';
  world.credentialFor = () => ({ ok: false, reason: 'missing', notice, detail: 'no credential' });
  world.start();
  const before = commitsOf(world);
  const counted: number[] = [];
  world.channel.respond = () => {
    counted.push(commitsOf(world) - before);
    return undefined;
  };
  world.engine?.ingest(world.message());
  await world.engine?.idle();
  expect(world.channel.texts).toEqual([notice]);
  expect(attemptsOf(world)).toEqual([]);
  const runs = world.db?.prepare('select state, reason, model from runs').all();
  expect(runs).toEqual([{ state: 'failed', reason: 'auth', model: null }]);
  // The message, and all that becomes of it.
  expect(counted).toEqual([2]);
});

test('from a question to its agent there are two commits, and a third one names the container', async () => {
  await using world = new ChainWorld();
  world.start();
  world.runner.respond = undefined;
  const counted: number[] = [];
  const run = world.runner.run.bind(world.runner);
  world.runner.run = (...asked) => {
    counted.push(commitsOf(world));
    return run(...asked);
  };
  const before = commitsOf(world);
  world.engine?.ingest(world.message());
  await world.runner.waitForRun(1);
  expect(counted[0]! - before).toBe(2);
  expect(commitsOf(world) - before).toBe(3);
});

test('a look at a chat in which nothing waits any more asks for no credential and writes nothing', async () => {
  await using world = new ChainWorld();
  const engine = world.start();
  let resolved = 0;
  const credentialFor = world.credentialFor;
  world.credentialFor = (route) => {
    resolved += 1;
    return credentialFor(route);
  };
  engine.ingest(world.message({ text: '@Assistant one' }));
  // The chat has its turn already, and is looked at once more after it.
  engine.ingest(world.message({ text: '@Assistant two' }));
  await engine.idle();
  expect(world.runner.runs.map(({ request }) => request.prompt)).toEqual([
    expect.stringMatching(/one[^]*two/),
  ]);
  expect(resolved).toBe(1);
});

test('a host that stops while a model is chosen opens no run, and the next one begins with the first attempt', async () => {
  await using world = new ChainWorld();
  world.start().ingest(world.message());
  await world.stopHost();
  const engine = world.start(false);
  expect(world.db?.prepare('select count(*) from runs').pluck().get()).toBe(0);
  world.open();
  await engine.idle();
  expect(attemptsOf(world)).toMatchObject([{ attempt: 1, outcome: 'answered' }]);
});

test('a group that is registered no more when its model is chosen keeps what waits', async () => {
  await using world = new ChainWorld();
  const engine = world.start();
  engine.ingest(world.message());
  world.groups.delete(FAMILY);
  await engine.idle();
  expect(world.db?.prepare('select state from messages').pluck().all()).toEqual(['pending']);
});
