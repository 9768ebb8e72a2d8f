import { LineSplitter, type RunEvent, runnerEventSchema } from '@deckhand/protocol';
import { EventFeed } from '../../../src/containers/event-feed.ts';
import { createLogger } from '../../../src/logger.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { demandSaneObjects } from '../sane-objects.ts';

/** Of the splitter that is tried with a small limit beside the real one. */
const SMALL_LINE = 24;

const RUN = { runId: 'r1' };
const EVENTS = [
  { type: 'ready', v: 1, version: '0.1.0' },
  { type: 'started', ...RUN, seq: 0, provider: 'codex', model: 'gpt-6.1-sol' },
  { type: 'session', ...RUN, seq: 1, sessionId: '019a-b' },
  { type: 'progress', ...RUN, seq: 2, kind: 'tool', detail: 'ls "schön 👩‍👧"' },
  { type: 'delta', ...RUN, seq: 3, text: 'Hel\u2028lo' },
  {
    type: 'result',
    ...RUN,
    seq: 4,
    text: 'ok',
    isCut: false,
    sessionId: '019a-b',
    usage: { inputTokens: 1200, cachedInputTokens: 0, outputTokens: 7 },
  },
  {
    type: 'failed',
    ...RUN,
    seq: 4,
    class: 'quota',
    detail: 'limit',
    retryAt: 1_763_000_000_000,
    hasSideEffects: true,
  },
].map((event) => JSON.stringify(event));

/**
 * The output of an agent's process, with what its tools print in between. The length of the input decides how it is cut
 * into chunks.
 */
export const runnerEventsTarget: FuzzTarget = {
  name: 'runner-events',
  corpus: [
    EVENTS.join('\n'),
    ...EVENTS,
    `noise\n${EVENTS.join('\r\n')}\n`,
    `${EVENTS[1]}\n\n${EVENTS[5]}\n`,
  ],
  tokens: [
    ...EVENTS,
    '\n',
    '\r\n',
    '"seq":0',
    '"runId":"r1"',
    '"type":"result"',
    '\xff',
    '\\ud83d',
    '{',
    '}',
  ],
  maxBytes: 65_536,
  check(input) {
    const cut = JSON.stringify(feed(cutInChunks(input, 1 + (input.length % 61))));
    demand(cut === JSON.stringify(expectedOf(input)), 'events are not those of the lines');
    demandShortLines(input);
    demandSaneObjects();
  },
};

/** Of the feed that was made last. */
const warnings: string[] = [];
const logger = createLogger('warn', { destination: { write: (line) => void warnings.push(line) } });

function feed(chunks: readonly Buffer[]): readonly RunEvent[] {
  warnings.length = 0;
  const feed = new EventFeed(logger);
  const events: RunEvent[] = [];
  feed.subscribe({ onEvent: (event) => events.push(event), onBytes: () => undefined });
  for (const chunk of chunks) {
    feed.pushStdout(chunk);
    feed.pushStderr(chunk);
  }
  feed.end();
  demand(warnings.length <= 5, 'more warnings than a process may cause');
  demand(feed.stderrTail.length <= 1_000, 'more of standard error than is kept');
  return events;
}

/** By the shortest way there is, for output that is there as a whole. */
function expectedOf(input: Buffer): readonly RunEvent[] {
  return new TextDecoder()
    .decode(input)
    .split('\n')
    .flatMap((line) => {
      const event = runnerEventSchema.safeParse(parse(line));
      return event.success && event.data.type !== 'ready' ? [event.data] : [];
    });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function cutInChunks(input: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < input.length; at += size) chunks.push(input.subarray(at, at + size));
  return chunks;
}

function demandShortLines(input: Buffer): void {
  const keep = (line: string) => demand(line.length <= SMALL_LINE, 'a line over the limit');
  const splitter = new LineSplitter(keep, () => undefined, SMALL_LINE);
  for (const chunk of cutInChunks(input, 1 + (input.length % 7))) splitter.push(chunk);
  splitter.end();
}
