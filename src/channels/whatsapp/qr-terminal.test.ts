import { expect, test } from 'vitest';
import { renderQr } from './qr-terminal.ts';

test('a linking code fits a terminal of 80 columns', () => {
  const key = 'A'.repeat(43) + '=';
  const text = `https://wa.me/settings/linked_devices#2@${'x'.repeat(90)},${key},${key},${key},1`;
  const lines = renderQr(text).split('\n');
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});
