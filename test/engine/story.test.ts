import { expect, test } from 'vitest';
import type { InboundMessage } from '../../src/core/message.ts';
import type { Story } from '../../src/core/story/story.ts';
import { readStory } from '../../src/db/story.ts';
import { findLastQuestion } from '../../src/db/story-message.ts';
import { findStories } from '../../src/db/story-search.ts';
import { answer } from '../fakes/fake-runner.ts';
import { FAMILY, group, World } from './world.ts';

/** Of a message that a host has just taken in, as the host's database tells it. */
function storyOf(world: World, { id }: Pick<InboundMessage, 'id'>): Story {
  if (world.db === undefined) throw new Error('no host runs');
  const [match] = findStories(world.db, { wanted: id, chatJid: FAMILY, limit: 1 });
  if (match === undefined) throw new Error(`nothing is known of ${id}`);
  const story = readStory(world.db, match.target, {
    now: world.nowMs,
    isHostRunning: true,
    groupOf: (jid) => {
      const found = world.groups.get(jid);
      return found === undefined ? undefined : { folder: found.folder, address: '@Assistant' };
    },
  });
  if (story === undefined) throw new Error(`there is no story of ${id}`);
  return story;
}

const stepsOf = ({ steps }: Story) => steps.map(({ name, status }) => `${name} ${status}`);

test('what a host does with a question is told step by step, in the order of its times', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = (run) => {
    const { runId } = run.request;
    run.handlers.onEvent({ type: 'progress', seq: 0, kind: 'tool', detail: 'sh', runId });
    return answer('done');
  };
  const asked = world.message();
  engine.ingest(asked);
  await engine.idle();
  const story = storyOf(world, asked);
  expect(stepsOf(story)).toEqual([
    'received done',
    'stored done',
    'trigger done',
    'sender done',
    'queued done',
    'run done',
    'attempt done',
    'container done',
    'working done',
    'result done',
    'answer done',
    'sent done',
    'acked done',
  ]);
  // The answer is written in the transaction that ends its attempt.
  const times = story.steps.flatMap(({ name, at }) => (name === 'result' ? [] : (at ?? [])));
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(story.steps.find(({ name }) => name === 'result')?.detail).toContain('1 tool used');
  expect(story.verdict.status).toBe('answered');
});

test('every attempt and the reason are told of a question that no model could answer', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => ({
    status: 'failed',
    class: 'refused',
    detail: 'not this',
    hasSideEffects: false,
  });
  const asked = world.message();
  engine.ingest(asked);
  await engine.idle();
  const { steps, verdict } = storyOf(world, asked);
  expect(steps.filter(({ name }) => name === 'result')).toMatchObject([
    { status: 'failed', detail: expect.stringContaining('refused') },
  ]);
  expect(verdict).toMatchObject({
    status: 'failed',
    sentence: expect.stringMatching(/the model refused it.*The chat was told\./),
  });
});

test('a chat hears that its set-up is at fault when no agent may be started, and its owner hears what', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => ({
    status: 'failed',
    class: 'setup',
    detail: 'Mount /etc is not on the allowlist: add it there.',
    hasSideEffects: false,
  });
  const asked = world.message();
  engine.ingest(asked);
  await engine.idle();
  expect(world.channel.texts).toEqual([
    expect.stringMatching(/^I could not start because .*`deckhand doctor` what to change\.$/),
  ]);
  expect(storyOf(world, asked).verdict).toMatchObject({
    status: 'failed',
    sentence: expect.stringContaining('No agent was started: Mount /etc is not on the allowlist'),
  });
});

test('a question is told while it waits, is worked on and is not confirmed', async () => {
  await using world = new World();
  world.maxConcurrentContainers = 1;
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message({ chatJid: '2@g.us' }));
  const other = await world.runner.waitForRun(1);
  const asked = world.message();
  engine.ingest(asked);
  expect(storyOf(world, asked).verdict.sentence).toContain('It waits for a free place: 1 run');
  other.end(answer('other'));
  const run = await world.runner.waitForRun(2);
  expect(storyOf(world, asked).verdict).toMatchObject({ status: 'running' });
  world.channel.outcomes = [{ status: 'unconfirmed', reason: 'no ack' }];
  run.end(answer('done'));
  await engine.idle();
  expect(storyOf(world, asked).verdict.sentence).toContain('WhatsApp has not confirmed the answer');
});

test('who asked without being allowed to and what was said beside are told apart', async () => {
  await using world = new World();
  world.groups.set(
    FAMILY,
    group({ jid: FAMILY, name: 'F', folder: 'family', senders: { allow: ['+4915112345678'] } }),
  );
  const engine = world.startHost();
  const aside = world.message({ text: 'good morning' });
  const refused = world.message();
  for (const message of [aside, refused]) engine.ingest(message);
  expect(storyOf(world, aside).verdict.sentence).toContain('nor says @Assistant.');
  expect(storyOf(world, refused).verdict.sentence).toContain('family --allow');
  const last = world.db === undefined ? undefined : findLastQuestion(world.db, FAMILY);
  expect(last).toBe(2);
});

test('a group over its budget is told as that', async () => {
  await using world = new World();
  world.groups.set(
    FAMILY,
    group({ jid: FAMILY, name: 'F', folder: 'family', budget: { runsPerDay: 1 } }),
  );
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('done');
  engine.ingest(world.message());
  await engine.idle();
  const asked = world.message();
  engine.ingest(asked);
  await engine.idle();
  const { steps, verdict } = storyOf(world, asked);
  expect(steps.at(-1)?.detail ?? '').not.toBe('');
  expect(verdict.sentence).toContain('over budget');
});
