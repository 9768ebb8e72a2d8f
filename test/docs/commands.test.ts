import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { listDocs, projectRoot, readDoc } from './markdown.ts';

/** Only made, never run. */
const program = createProgram(
  {
    loadConfig: () => {
      throw new Error('no command runs here');
    },
    environment: {},
    projectRoot,
    stdout: () => undefined,
    stderr: () => undefined,
    isTty: false,
    stdin: Readable.from([]),
    isStdinTty: false,
    now: () => 0,
    signal: new AbortController().signal,
  },
  () => undefined,
);

function findCommand(words: readonly string[]): Command | undefined {
  let found: Command = program;
  for (const word of words) {
    if (found.commands.length === 0) break;
    const next = found.commands.find((command) => command.name() === word);
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

/** `npx deckhand …` up to the end of the line, the code or a comment. */
const calls = listDocs().flatMap((doc) =>
  [...readDoc(doc).matchAll(/npx deckhand ([^`#\n]+)/g)].map(([, text = '']) => text.trim()),
);

test('every command that the documents name exists, with its options', () => {
  const wrong = calls.filter((call) => {
    const words = call.replace(/"[^"]*"/g, 'text').split(/\s+/);
    const names = words[1]?.includes('|') ? words.slice(0, 1) : words;
    const command = findCommand(names);
    if (command === undefined) return true;
    const known = command.options.map((option) => option.long);
    return !words.filter((word) => word.startsWith('--')).every((word) => known.includes(word));
  });
  expect(calls.length).toBeGreaterThan(10);
  expect(wrong).toEqual([]);
});

test('the names of commands are checked', () => {
  expect(findCommand(['groups', 'add', '1@g.us'])?.name()).toBe('add');
  expect(findCommand(['begin'])).toBeUndefined();
});
