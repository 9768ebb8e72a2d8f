import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { registeredGroupSchema } from '../core/group.ts';
import { findDateOrder, type SimulationEvent, simulate } from './simulate.ts';

interface Played {
  readonly group?: object;
  readonly ownName?: string;
  readonly answersBy?: string;
  readonly people?: ReadonlyMap<string, string>;
  readonly runMs?: number;
}

async function play(lines: readonly string[], played: Played = {}) {
  const { group = {}, people = new Map(), runMs = 0, ...names } = played;
  const events: SimulationEvent[] = [];
  const settings = {
    group: registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a', ...group }),
    assistantName: 'Assistant',
    timeZone: 'Europe/Berlin',
    historyMessages: 40,
    order: 'dmy' as const,
    runMs,
    people,
    ...names,
  };
  const pieces = Readable.from([Buffer.from(lines.join('\n'))]);
  await simulate(settings, pieces, (event) => void events.push(event));
  return {
    decisions: events.flatMap((one) => (one.type === 'message' ? [one.decision] : [])),
    runs: events.flatMap((one) => (one.type === 'run' ? [one] : [])),
    events,
  };
}

const at = (time: string, rest: string) => `31/12/24, ${time} - ${rest}`;

test('each message is decided as the host decides it, and each run gets what was said since the last', async () => {
  const { decisions, runs } = await play([
    at('10:00', 'Ana: hello'),
    at('10:01', 'Bob: @Assistant what did Ana say?'),
    at('10:02', 'Ana: thanks'),
    at('10:03', 'Bob: <Media omitted>'),
    at('10:04', 'Ana: and @assistant again'),
  ]);
  expect(decisions).toEqual(['not_addressed', 'name', 'not_addressed', 'empty', 'name']);
  expect(runs.map(({ lines }) => lines)).toEqual([[2], [5]]);
  expect(runs[0]?.prompt).toMatch(/sender="Ana".*10:00:00.*hello[^]*sender="Bob"/);
  expect(runs[0]?.history).toBe('');
  expect(runs[1]?.prompt).toMatch(/thanks/);
  expect(runs[1]?.prompt).not.toMatch(/hello/);
  expect(runs[1]?.history).toMatch(/hello/);
});

test('times are those of the zone', async () => {
  const { runs } = await play([at('10:01', 'Bob: @Assistant hi')]);
  expect(runs[0]?.at).toBe(Date.UTC(2024, 11, 31, 9, 1));
});

test('what is asked during a run waits for the next, together', async () => {
  const { runs } = await play(
    [
      at('10:00', 'Ana: @Assistant one'),
      at('10:01', 'Ana: @Assistant two'),
      at('10:02', 'Bob: @Assistant three'),
      at('11:00', 'Bob: thanks'),
    ],
    { runMs: 300_000 },
  );
  expect(runs.map(({ lines }) => lines)).toEqual([[1], [2, 3]]);
  expect((runs[1]?.at ?? 0) - (runs[0]?.at ?? 0)).toBe(300_000);
});

test('what waits at the end of the file is answered too', async () => {
  const lines = [at('10:00', 'Ana: @Assistant one'), at('10:00', 'Ana: @Assistant two')];
  expect((await play(lines, { runMs: 60_000 })).runs).toHaveLength(2);
});

test('the registration decides: trigger word, main group, who may ask', async () => {
  const lines = [
    at('10:00', 'Ana: @Assistant hi'),
    at('10:01', '+49 151 12345678: @Robot hi'),
    at('10:02', 'Cleo: @Robot hi'),
  ];
  const robot = { trigger: '@Robot' };
  expect((await play(lines, { group: robot })).decisions).toEqual([
    'not_addressed',
    'name',
    'name',
  ]);
  const main = { isMain: true };
  expect((await play(lines, { group: main })).decisions).toEqual(['name', 'always', 'always']);
  const senders = { allow: ['+49 151 12345678', '+49 151 9999999'] };
  const people = new Map([['Cleo', '491519999999@s.whatsapp.net']]);
  expect((await play(lines, { group: { ...robot, senders } })).decisions).toEqual([
    'not_addressed',
    'name',
    'not_allowed',
  ]);
  expect((await play(lines, { group: { ...robot, senders }, people })).decisions.at(-1)).toBe(
    'name',
  );
  const drop = { ...robot, senders: { ...senders, mode: 'drop' } };
  expect((await play(lines, { group: drop })).decisions).toEqual(['dropped', 'name', 'dropped']);
});

test('the account may ask whoever is allowed, and a mention of it asks', async () => {
  const lines = [
    at('10:00', 'Me Myself: @Assistant hi'),
    at('10:01', 'Ana: @\u2068Me Myself\u2069 are you there?'),
  ];
  const group = { senders: { allow: ['+49 151 12345678'] } };
  expect((await play(lines, { ownName: 'Me Myself', group })).decisions[0]).toBe('name');
  expect((await play(lines, { group })).decisions[0]).toBe('not_allowed');
  expect((await play(lines, { ownName: 'Me Myself' })).decisions).toEqual(['name', 'mention']);
  expect((await play(lines)).decisions[1]).toBe('not_addressed');
});

test("the assistant's own answers ask nothing and are part of the conversation", async () => {
  const lines = [
    at('10:00', 'Ana: @Assistant one'),
    at('10:01', 'Robot: The @Assistant answer.'),
    at('10:02', 'Ana: @Assistant two'),
  ];
  const { decisions, runs } = await play(lines, { answersBy: 'Robot' });
  expect(decisions).toEqual(['name', 'name']);
  expect(runs[1]?.history).toMatch(/sender="assistant".*The @Assistant answer\./);
});

test('lines of WhatsApp, deleted messages and bad lines are told apart from messages', async () => {
  const { events, decisions } = await play([
    'hello',
    at('10:00', 'Ana added Bob'),
    at('10:00', 'Ana: This message was deleted'),
  ]);
  expect(decisions).toEqual([]);
  expect(events.map((event) => (event.type === 'passed' ? event.what : event.type))).toEqual([
    'bad',
    'system',
    'deleted',
  ]);
});

test('a message that is older than the one before it does not turn time back', async () => {
  const { runs } = await play([
    at('10:05', 'Ana: hello'),
    at('10:00', 'Bob: @Assistant one'),
    at('10:01', 'Bob: @Assistant two'),
  ]);
  expect(runs.map(({ lines }) => lines)).toEqual([[2], [3]]);
  expect(runs.map((run) => run.at)).toEqual(Array(2).fill(Date.UTC(2024, 11, 31, 9, 5)));
});

test('the order of dates is found by the whole file', async () => {
  const pieces = Readable.from([
    Buffer.from('01/02/24, 10:00 - A: x\n'),
    Buffer.from('02/13/24, 10:00 - A: x'),
  ]);
  expect(await findDateOrder(pieces)).toEqual({ status: 'found', order: 'mdy' });
});

test('a budget of runs holds for each day of the zone, and what it refuses is asked of nobody', async () => {
  const lines = [
    at('10:00', 'Ana: @Assistant one'),
    at('23:59', 'Ana: @Assistant two'),
    '01/01/25, 00:00 - Ana: @Assistant three',
  ];
  const { runs } = await play(lines, { group: { budget: { runsPerDay: 1 } } });
  expect(runs.map(({ isRefused }) => isRefused)).toEqual([false, true, false]);
  expect(runs[2]?.prompt).not.toContain('two');
});
