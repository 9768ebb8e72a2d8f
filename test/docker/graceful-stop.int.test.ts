import { expect, test } from 'vitest';
import { EngineProxy } from './engine-proxy.ts';
import { requireFakeAgentImage } from './fake-agent-image.ts';
import { Fleet } from './fleet.ts';

/** Fewer than a group may send in a minute. */
const POSTS = Array.from({ length: 40 }, (_, i) => `post ${i + 1}`);

/**
 * Asks whenever the question before has come in, until told to stop; resolves with the last answer to expect. A question
 * that a host has stored and could not receipt any more is refused by the next one as known, and answered.
 */
function streamQuestions(fleet: Fleet, folder: string) {
  let isOver = false;
  const done = (async () => {
    for (let i = 1; ; i++) {
      const answer = `answer ${i}`;
      const { id } = await fleet.ask(folder, `echo ${answer}`);
      const isAnswered = fleet.waitForAnswer(folder, ({ text }) => text === answer);
      await Promise.race([fleet.waitForReceipt(id), isAnswered]);
      if (isOver) return answer;
    }
  })();
  return {
    end: () => {
      isOver = true;
      return done;
    },
  };
}

test('a host under load that is told to stop ends by itself whatever hangs, and the next one loses and repeats nothing', async (context) => {
  const engine = await requireFakeAgentImage(context);
  const folders = ['stubborn', 'busy', 'posting', 'streaming'];
  await using fleet = await Fleet.start(context, engine, { folders });
  await using first = await fleet.startHost();
  await fleet.ask('stubborn', 'stubborn at your service');
  await fleet.ask('busy', 'wait go');
  await fleet.ask('posting', `post ${POSTS.length} go`);
  const stream = streamQuestions(fleet, 'streaming');
  await fleet.waitForAnswer('stubborn');
  await fleet.waitForRun('busy');
  await fleet.waitForAnswer('streaming');
  // From now on every delivery waits for an ack in vain.
  fleet.world.whatsapp.faults.dropAcks = true;
  await fleet.waitForAnswer('posting');

  first.kill('SIGTERM');
  // 0: it was not cut off by the limit of a stop.
  expect(await first.ended).toMatchObject({ code: 0 });
  const lastAnswer = stream.end();
  fleet.world.whatsapp.faults.dropAcks = false;
  const kept = (await fleet.containers()).map(({ Labels }) => Labels['deckhand.folder']);
  expect(kept).not.toContain('stubborn');
  expect(kept).toEqual(expect.arrayContaining(['busy', 'posting']));

  await using next = await fleet.startHost();
  await fleet.release('busy', 'go');
  await fleet.waitForAnswer('busy');
  const last = await lastAnswer;
  await fleet.waitForAnswer('streaming', ({ text }) => text === last);
  for (const post of POSTS) await fleet.waitForAnswer('posting', ({ text }) => text === post);
  await fleet.release('posting', 'go');
  await fleet.waitForAnswer('posting', ({ text }) => text === 'posted');
  next.kill('SIGTERM');
  expect(await next.ended).toMatchObject({ code: 0 });
  expect(fleet.answers('stubborn')).toEqual(['at your service']);
  expect(fleet.answers('busy')).toEqual(['waited for go']);
  expect(fleet.answers('posting').sort()).toEqual([...POSTS, 'posted'].sort());
  const streamed = fleet.answers('streaming');
  expect(new Set(streamed).size).toBe(streamed.length);
  for (const folder of ['stubborn', 'busy', 'posting'])
    expect(await fleet.runs(folder)).toHaveLength(1);
  expect(await fleet.containers()).toEqual([]);
});

test('a stop that an engine without an answer holds up is cut off with a word, and the next host answers once', async (context) => {
  const engine = await requireFakeAgentImage(context);
  await using proxy = await EngineProxy.open();
  await using fleet = await Fleet.start(context, engine, { folders: ['idle', 'busy'] });
  await using first = await fleet.startHost({ DOCKER_HOST: proxy.url });
  await fleet.ask('idle', 'echo ready');
  await fleet.ask('busy', 'wait go');
  await fleet.waitForAnswer('idle');
  await fleet.waitForRun('busy');
  proxy.freeze();
  first.kill('SIGTERM');
  expect(await first.ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('did not stop within 8 s (it waited for: agents)'),
  });

  await using next = await fleet.startHost();
  await fleet.release('busy', 'go');
  await fleet.waitForAnswer('busy');
  expect(fleet.answers('busy')).toEqual(['waited for go']);
  expect(fleet.answers('idle')).toEqual(['ready']);
  expect(await fleet.runs('busy')).toHaveLength(1);
  next.kill('SIGTERM');
  expect(await next.ended).toMatchObject({ code: 0 });
  expect(await fleet.containers()).toEqual([]);
});
