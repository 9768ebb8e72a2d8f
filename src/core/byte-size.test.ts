import { expect, test } from 'vitest';
import { formatBytes } from './byte-size.ts';

test.for([
  [0, '0 KB'],
  [1, '1 KB'],
  [1024 * 1024 - 1, '1.0 MB'],
  [1024 * 1024, '1.0 MB'],
  [9.97 * 1024 * 1024, '10 MB'],
  [412 * 1024 * 1024, '412 MB'],
  [1024 ** 3 - 1, '1.0 GB'],
  [12 * 1024 ** 3, '12 GB'],
] as const)('%i bytes are %s', ([bytes, text]) => {
  expect(formatBytes(bytes)).toBe(text);
});
