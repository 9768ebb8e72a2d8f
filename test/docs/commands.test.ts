import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { type CommandLine, listCommandLines } from './command-lines.ts';
import { createDocumentedProgram } from './documented-program.ts';

/** What is missing where a sentence names a command without all of its words. */
const UNFINISHED = new Set(['commander.missingArgument', 'commander.help']);

/** Undefined when the program takes the line, otherwise what it says. */
function findObjection({ words, isComplete }: Omit<CommandLine, 'doc'>): string | undefined {
  try {
    createDocumentedProgram().parse(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || (!isComplete && UNFINISHED.has(error.code))) return undefined;
    return `${words.join(' ')}: ${error.message}`;
  }
}

test('every line of the documents that calls the program is one that it takes', () => {
  const lines = listCommandLines();
  expect(new Set(lines.map(({ doc }) => doc))).toContain('.claude/skills/setup/SKILL.md');
  expect(lines.length).toBeGreaterThan(100);
  const wrong = lines.flatMap((line) => {
    const objection = findObjection(line);
    return objection === undefined ? [] : [`${line.doc}: ${objection}`];
  });
  expect(wrong).toEqual([]);
});

test('unknown commands, options, choices and missing words are objected to', () => {
  const objectionTo = (text: string, isComplete = true) =>
    findObjection({ words: text.split(' '), isComplete });
  expect(objectionTo('groups add 1@g.us --provider codex')).toBeUndefined();
  expect(objectionTo('begin')).toContain('unknown command');
  expect(objectionTo('groups ad x')).toContain('unknown command');
  expect(objectionTo('why --texts')).toContain('unknown option');
  expect(objectionTo('ask --provider other hello')).toContain('Allowed choices');
  expect(objectionTo('tasks pause')).toContain('missing required argument');
  expect(objectionTo('tasks pause', false)).toBeUndefined();
});
