import { expect, test } from 'vitest';
import type { CliContext } from '../context.ts';
import { createBuildProgress } from './build-progress.ts';

const LINES = ['Step 1/9 : FROM base', ' ---> abc', 'Step 2/9 : RUN x', 'installing \u001b[31mred'];

function showAll(isTty: boolean): string[] {
  const written: string[] = [];
  const context = { isTty, stderr: (text: string) => void written.push(text) } as CliContext;
  {
    using progress = createBuildProgress(context);
    for (const line of LINES) progress.show(line);
  }
  return written;
}

test('without a terminal each step of the build is one line and nothing else is shown', () => {
  expect(showAll(false)).toEqual(['Step 1/9 : FROM base\n', 'Step 2/9 : RUN x\n']);
});

test('at a terminal one line changes, keeps the step before what it does, and is cleared at the end', () => {
  const written = showAll(true);
  expect(written.at(-2)).toBe('\r\u001b[KStep 2/9 installing \\u{1b}[31mred');
  expect(written.at(-1)).toBe('\r\u001b[K');
  expect(written.join('')).not.toContain('\n');
});

test('a line of the build never takes more than the terminal has', () => {
  const written: string[] = [];
  const context = { isTty: true, stderr: (text: string) => void written.push(text) } as CliContext;
  using progress = createBuildProgress(context);
  progress.show(`Step 1/9 : RUN ${'x'.repeat(300)}`);
  expect(written.join('').replace('\r\u001b[K', '')).toHaveLength(79);
});
