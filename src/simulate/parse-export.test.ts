import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DATE_ORDERS, type DateOrder } from './date-order.ts';
import { type ExportEntry, ExportParser } from './parse-export.ts';

function parse(text: string, order: DateOrder = 'dmy'): ExportEntry[] {
  const parser = new ExportParser(order);
  return [...text.split('\n').flatMap((line) => [...parser.push(line)]), ...parser.end()];
}

interface Said {
  readonly wall: number;
  readonly sender: string;
  readonly text: string;
}

const twoDigits = (value: number) => String(value).padStart(2, '0');

const STYLES = ['android', 'ios', 'android of 12 hours', 'ios of 12 hours'] as const;
type Style = (typeof STYLES)[number];

/** Writes messages as the two programs do. */
function render(said: readonly Said[], order: DateOrder, style: Style): string {
  return said
    .map(({ wall, sender, text }) => {
      const at = new Date(wall);
      const [d, m] = [twoDigits(at.getUTCDate()), twoDigits(at.getUTCMonth() + 1)];
      const y = String(at.getUTCFullYear());
      const date = { dmy: `${d}/${m}/${y}`, mdy: `${m}/${d}/${y}`, ymd: `${y}/${m}/${d}` }[order];
      const time = style.endsWith('12 hours') ? timeOf12Hours(at) : at.toISOString().slice(11, 19);
      return style.startsWith('ios')
        ? `[${date}, ${time}] ${sender}: ${text}`
        : `${date}, ${time} - ${sender}: ${text}`;
    })
    .join('\n');
}

function timeOf12Hours(at: Date): string {
  const hour = at.getUTCHours();
  const rest = at.toISOString().slice(13, 19);
  return `${hour % 12 === 0 ? 12 : hour % 12}${rest}\u202f${hour < 12 ? 'AM' : 'PM'}`;
}

const name = fc.stringMatching(/^[A-Za-zÄ-ü0-9_+ -]{1,25}$/).filter((one) => one.trim() === one);
/** Lines of which none looks like a header, a mark or a message of WhatsApp. */
const text = fc
  .array(
    fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/[\n\r\d<[\u200e\u200f]/g, 'x')),
    { minLength: 1, maxLength: 4 },
  )
  .map((lines) => lines.join('\n'));
const wall = fc
  .integer({ min: Date.UTC(2010, 0), max: Date.UTC(2099, 0) })
  .map((at) => at - (at % 1000));

test('whatever is exported is read as it was said', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ wall, sender: name, text }), { minLength: 1 }),
      fc.constantFrom(...DATE_ORDERS),
      fc.constantFrom(...STYLES),
      (said, order, style) => {
        const read = parse(render(said, order, style), order).map((entry) =>
          entry.kind === 'message' && entry.content.kind === 'text'
            ? { wall: entry.wall, sender: entry.sender, text: entry.content.text }
            : entry,
        );
        expect(read).toEqual(said);
      },
    ),
  );
});

test('lines of any kind end in entries, and no line is lost without one', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (lines) => {
      for (const entry of parse(lines.join('\n'))) expect(entry.line).toBeGreaterThan(0);
    }),
  );
});

test('a line that goes on belongs to the message before it, an empty one too', () => {
  expect(parse('31/12/24, 23:59 - Ana: one\n\nthree')).toMatchObject([
    { kind: 'message', line: 1, sender: 'Ana', content: { text: 'one\n\nthree' } },
  ]);
});

test('what comes before the first message, and dates that do not exist, are bad lines', () => {
  expect(parse('hello\n31/12/24, 23:59 - Ana: one\n45/12/24, 23:59 - Ana: two')).toMatchObject([
    { kind: 'bad', line: 1, text: 'hello' },
    { kind: 'bad', line: 3 },
    { kind: 'message', line: 2, content: { text: 'one\n45/12/24, 23:59 - Ana: two' } },
  ]);
});

test.each([
  '31/12/24, 23:59 - Messages and calls are end-to-end encrypted.',
  '31/12/24, 23:59 - Ana created group "A: B"',
])('%s is of the system', (line) => {
  expect(parse(line)).toMatchObject([{ kind: 'system' }]);
});

test.each([
  ['31/12/24, 23:59 - ~\u202fAna: hi', 'Ana'],
  ['31/12/24, 23:59 - \u202a+49\u00a0151\u00a012345678\u202c: hi', '+49 151 12345678'],
])('%s is by %s', (line, sender) => {
  expect(parse(line)).toMatchObject([{ sender }]);
});

test('a text without end is cut', () => {
  const lines = Array.from({ length: 5_000 }, () => 'x'.repeat(100)).join('\n');
  const [entry] = parse(`31/12/24, 23:59 - Ana: hi\n${lines}`);
  const content = entry?.kind === 'message' ? entry.content : undefined;
  expect(content?.kind === 'text' ? content.text.length : 0).toBeLessThan(100_100);
});
