import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CliContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { SetupSession } from '../../src/cli/setup/session.ts';
import { STEP_NAMES } from '../../src/cli/setup/step.ts';
import { createSteps } from '../../src/cli/setup/steps.ts';
import { projectRoot, readDoc, section, tableRows } from '../docs/markdown.ts';

/** Only looked at, never run. */
const context: CliContext = {
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
};
const program = createProgram(context, () => undefined);

const SKILLS = readdirSync(join(projectRoot, '.claude', 'skills'));
const PAGES = ['docs/setup.md', ...SKILLS.map((name) => `.claude/skills/${name}/SKILL.md`)];

/** The command that the words name, and the words that are left. */
function findCommand(words: readonly string[]): { command: Command; rest: readonly string[] } {
  let command: Command = program;
  let rest = words;
  for (const word of words) {
    const next = command.commands.find((child) => child.name() === word);
    if (next === undefined) break;
    command = next;
    rest = rest.slice(1);
  }
  return { command, rest };
}

function judgeCall(call: string): string | undefined {
  const { command, rest } = findCommand(call.replaceAll(/"[^"]*"/g, 'text').split(/\s+/));
  if (command.commands.length > 0 && !rest[0]?.startsWith('--')) return `no command: ${call}`;
  const known = ['--help', ...command.options.map(({ long }) => long)];
  const unknown = rest.filter((word) => word.startsWith('--') && !known.includes(word));
  return unknown.length > 0 ? `no option ${unknown.join(' ')}: ${call}` : undefined;
}

/** `deckhand …` in code, up to the end of the line, the code, a comment or a redirection. */
const callsIn = (text: string) =>
  [...text.matchAll(/(?:npx |`)deckhand ([^`#\n<]+)/g)].map(([, call = '']) => call.trim());

test('the skills are setup, debug and customize, and say when they are of use', () => {
  expect(SKILLS.toSorted()).toEqual(['customize', 'debug', 'setup']);
  for (const name of SKILLS) {
    const text = readDoc(`.claude/skills/${name}/SKILL.md`);
    expect(text).toMatch(new RegExp(`^---\nname: ${name}\ndescription: .{50,1000}\n---\n`));
    expect(text).toMatch(/\ndescription: .*\bUse (when|for)\b/);
  }
});

test.each(PAGES)('every command and option that %s names exists', (page) => {
  const calls = callsIn(readDoc(page));
  expect(calls.length).toBeGreaterThan(1);
  expect(calls.flatMap((call) => judgeCall(call) ?? [])).toEqual([]);
});

test('commands and options that do not exist are found', () => {
  expect(judgeCall('setup --phon 1')).toBe('no option --phon: setup --phon 1');
  expect(judgeCall('set-up')).toBe('no command: set-up');
  expect(judgeCall('service instal')).toBe('no command: service instal');
  expect(judgeCall('setup --phone "+49 151 --234567"')).toBeUndefined();
});

test.each(PAGES)('every file of the project that %s names exists', (page) => {
  const named = [...readDoc(page).matchAll(/`((?:src|container|test|docs|bench)\/[\w./*-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !path.includes('*'));
  expect(named.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
});

const doc = readDoc('docs/setup.md');
const codes = (cell = '') => [...cell.matchAll(/`(--[\w-]+)[^`]*`/g)].map(([, flag = '']) => flag);

test('the steps of the document are those of the program, with the options that answer them', () => {
  const session = { context, options: {}, said: {} } as unknown as SetupSession;
  const steps = createSteps(session);
  expect(steps.map(({ name }) => name)).toEqual(STEP_NAMES);
  const rows = tableRows(section(doc, 'The steps'));
  expect(rows.map(([name]) => name)).toEqual(STEP_NAMES.map((name) => `\`${name}\``));
  const documented = rows.map((row) => codes(row.at(-1)).filter((flag) => flag !== '--yes'));
  expect(documented).toEqual(steps.map(({ flags }) => flags));
});

test('every option of setup is in the document, and no other', () => {
  const options = findCommand(['setup']).command.options.map(({ long }) => long ?? '');
  const rows = tableRows(section(doc, 'Without questions'));
  expect(rows.flatMap(([cell]) => codes(cell)).toSorted()).toEqual(options.toSorted());
});
