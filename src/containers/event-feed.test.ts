import { encodeLine, type RunEvent } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { EventFeed } from './event-feed.ts';

function bytes(value: unknown): Buffer {
  return Buffer.from(encodeLine(value));
}

const started = { type: 'started', runId: 'r1', seq: 0, provider: 'codex' };
const result = { type: 'result', runId: 'r1', seq: 1, text: 'ok', isCut: false };

function listen(feed: EventFeed) {
  const events: RunEvent[] = [];
  const unsubscribe = feed.subscribe({
    onEvent: (event) => events.push(event),
    onBytes: () => undefined,
  });
  return { events, unsubscribe };
}

test('events from before the first subscription are not lost', () => {
  const feed = new EventFeed(createLogger('silent'));
  feed.pushStdout(bytes(started));
  const { events } = listen(feed);
  feed.pushStdout(bytes(result));
  expect(events.map((event) => event.type)).toEqual(['started', 'result']);
});

test('events between two subscriptions belong to nobody', () => {
  const feed = new EventFeed(createLogger('silent'));
  listen(feed).unsubscribe();
  feed.pushStdout(bytes(started));
  const { events } = listen(feed);
  feed.pushStdout(bytes(result));
  expect(events.map((event) => event.type)).toEqual(['result']);
});

test('lines that are no events are warned about without their content, and not for ever', () => {
  const lines: string[] = [];
  const feed = new EventFeed(
    createLogger('warn', { destination: { write: (line) => lines.push(line) } }),
  );
  for (let i = 0; i < 100; i++) feed.pushStdout(Buffer.from('my secret diary\n'));
  expect(lines).toHaveLength(5);
  expect(lines.join('')).not.toContain('diary');
});

test('the ready event resolves the feed and reaches no listener', async () => {
  const feed = new EventFeed(createLogger('silent'));
  const { events } = listen(feed);
  feed.pushStdout(bytes({ type: 'ready', v: 1, version: 'x' }));
  expect(await feed.ready).toEqual({ type: 'ready', v: 1, version: 'x' });
  expect(events).toEqual([]);
});

test('the end of standard error is kept for the report', () => {
  const feed = new EventFeed(createLogger('silent'));
  feed.pushStderr(Buffer.from(`${'x'.repeat(5000)}\nlast words\n`));
  expect(feed.stderrTail).toMatch(/last words$/);
  expect(feed.stderrTail.length).toBeLessThanOrEqual(1000);
});

test('T16: what floods standard error counts like what floods standard output', () => {
  const feed = new EventFeed(createLogger('silent'));
  const totals: number[] = [];
  feed.subscribe({ onEvent: () => undefined, onBytes: (total) => totals.push(total) });
  feed.pushStdout(Buffer.alloc(10));
  feed.pushStderr(Buffer.alloc(100_000, 'x'));
  expect(totals).toEqual([10, 100_010]);
  expect(feed.stderrTail.length).toBeLessThanOrEqual(1_000);
});
