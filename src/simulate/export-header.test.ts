import { expect, test } from 'vitest';
import { wallTimeOf } from './date-order.ts';
import { readHeader } from './export-header.ts';

const NNBSP = '\u202f';

test.each([
  ['US Android', `12/31/24, 11:59${NNBSP}PM - Ana: hi`, 'mdy', '2024-12-31 23:59:00'],
  ['midnight of 12 hours', '12/31/24, 12:00 AM - Ana: hi', 'mdy', '2024-12-31 00:00:00'],
  ['noon of 12 hours', '12/31/24, 12:00 PM - Ana: hi', 'mdy', '2024-12-31 12:00:00'],
  ['German Android', '31.12.24, 23:59 - Ana: hi', 'dmy', '2024-12-31 23:59:00'],
  ['British Android', '31/12/2024, 23:59 - Ana: hi', 'dmy', '2024-12-31 23:59:00'],
  ['Brazilian Android', '31/12/2024 23:59 - Ana: hi', 'dmy', '2024-12-31 23:59:00'],
  ['Dutch Android', '31-12-2024 23:59 - Ana: hi', 'dmy', '2024-12-31 23:59:00'],
  ['Swedish Android', '2024-12-31 23:59 - Ana: hi', 'ymd', '2024-12-31 23:59:00'],
  ['Danish Android', '31.12.2024 23.59 - Ana: hi', 'dmy', '2024-12-31 23:59:00'],
  ['Spanish Android', '31/12/24, 11:59\u00a0p.\u00a0m. - Ana: hi', 'dmy', '2024-12-31 23:59:00'],
  ['Hungarian Android', '2024. 12. 31. 23:59 - Ana: hi', 'ymd', '2024-12-31 23:59:00'],
  ['Japanese Android', '2024/12/31 23:59 - Ana: hi', 'ymd', '2024-12-31 23:59:00'],
  ['Korean Android', '2024. 12. 31. 오후 11:59 - Ana: hi', 'ymd', '2024-12-31 23:59:00'],
  ['Chinese Android', '2024/12/31 下午11:59 - Ana: hi', 'ymd', '2024-12-31 23:59:00'],
  ['Chinese with words', '2024年12月31日 上午1:59 - Ana: hi', 'ymd', '2024-12-31 01:59:00'],
  ['Thai years', '31/12/2567 23:59 - Ana: hi', 'dmy', '2024-12-31 23:59:00'],
  ['Arabic', '\u200f٣١\u200f/١٢/٢٠٢٤، ١١:٥٩ م - Ana: hi', 'dmy', '2024-12-31 23:59:00'],
  ['German iOS', '[31.12.24, 23:59:58] Ana: hi', 'dmy', '2024-12-31 23:59:58'],
  ['US iOS', `[12/31/24, 11:59:58${NNBSP}PM] Ana: hi`, 'mdy', '2024-12-31 23:59:58'],
  ['iOS with a mark before', '\u200e[31.12.24, 23:59:58] Ana: hi', 'dmy', '2024-12-31 23:59:58'],
  [
    'iOS with a byte order mark',
    '\ufeff[31.12.24, 23:59:58] Ana: hi',
    'dmy',
    '2024-12-31 23:59:58',
  ],
  ['French iOS', '[31/12/2024 23:59:58] Ana: hi', 'dmy', '2024-12-31 23:59:58'],
] as const)('the header of %s is read', (_title, line, order, expected) => {
  const header = readHeader(line);
  expect(header?.rest).toBe('Ana: hi');
  const wall = header === undefined ? undefined : wallTimeOf(header, order);
  expect(new Date(wall ?? 0).toISOString().slice(0, 19).replace('T', ' ')).toBe(expected);
});

test.each([
  'a line that goes on',
  '12/31/24 is the day',
  '10:30 - we meet',
  '- 12/31/24, 23:59 - quoted',
  '[x] 31.12.24, 23:59 - a list',
  '31.12.24, 11:59 zz - Ana: hi',
  '',
])('%j begins no message', (line) => {
  expect(readHeader(line)).toBeUndefined();
});
