import { type RunEvent, type RunRequest, runnerEventSchema } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { exampleRequest } from './example-request.testing.ts';
import { RunEmitter } from './run-emitter.ts';

function createEmitter(changes: Partial<RunRequest> = {}) {
  const events: RunEvent[] = [];
  const emitter = new RunEmitter(exampleRequest(changes), (event) => events.push(event));
  return { events, emitter };
}

test('events are numbered without gaps and nothing follows the end', () => {
  const { events, emitter } = createEmitter();
  emitter.started('m');
  emitter.session('s');
  emitter.progress('tool', 'ls');
  emitter.finish({ type: 'result', text: 'done', sessionId: 's' });
  emitter.progress('text', 'late');
  emitter.finish({ type: 'failed', class: 'internal', detail: 'late' });
  expect(events.map((event) => [event.type, event.seq])).toEqual([
    ['started', 0],
    ['session', 1],
    ['progress', 2],
    ['result', 3],
  ]);
  for (const event of events) expect(runnerEventSchema.parse(event)).toEqual(event);
});

test('a failure tells of side effects and keeps its limits and secrets', () => {
  const { events, emitter } = createEmitter();
  emitter.markSideEffect();
  emitter.progress('tool', `curl -H "x: sk-openai-secret" ${'y'.repeat(1000)}`);
  emitter.finish({
    type: 'failed',
    class: 'auth',
    detail: `token eyJhbGciOiJub25lIn0.e30.c2ln and sk-openai-secret ${'z'.repeat(3000)}`,
  });
  expect(events.at(-1)).toMatchObject({ class: 'auth', hasSideEffects: true });
  for (const event of events) expect(runnerEventSchema.parse(event)).toEqual(event);
  expect(JSON.stringify(events)).not.toMatch(/sk-openai|eyJ/);
});

test("an answer is sent without the run's own credential, and keeps what only looks like one", () => {
  const secrets = { OPENAI_API_KEY: 'sk-openai-secret-0123456789', ANTHROPIC_API_KEY: 'test' };
  const { events, emitter } = createEmitter({ secrets });
  const text = 'A test: keys look like sk-example-123456789; mine is sk-openai-secret-0123456789.';
  emitter.finish({ type: 'result', text });
  expect(events.at(-1)).toMatchObject({
    text: 'A test: keys look like sk-example-123456789; mine is [secret].',
  });
});

test('pieces of the text are sent in order before the end, and only to somebody who reads along', () => {
  const secrets = { OPENAI_API_KEY: 'sk-openai-secret-0123456789' };
  const { events, emitter } = createEmitter({ isStreaming: true, secrets });
  emitter.delta('The key sk-openai-sec');
  emitter.delta('ret-0123456789 and sk-open');
  emitter.finish({ type: 'result', text: 'x' });
  for (const event of events) expect(runnerEventSchema.parse(event)).toEqual(event);
  expect(events.map((event) => (event.type === 'delta' ? event.text : event.type))).toEqual([
    'The key ',
    '[secret] and ',
    'sk-open',
    'result',
  ]);
  const silent = createEmitter();
  silent.emitter.delta('hello');
  expect(silent.events).toEqual([]);
});
