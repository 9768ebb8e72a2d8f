import { expect, test } from 'vitest';
import { renderCommandReference } from './command-reference.ts';
import { renewConfiguration } from './configuration-reference.ts';
import { createDocumentedProgram, listCommands } from './documented-program.ts';
import { readDoc } from './markdown.ts';

const STALE = 'is not what the code says any more. Run `npm run docs` and commit the change.';

test('docs/commands.md is what every command prints with --help', () => {
  expect(readDoc('docs/commands.md'), `docs/commands.md ${STALE}`).toBe(renderCommandReference());
});

test('docs/configuration.md describes every variable and field as their schemas do', () => {
  const doc = readDoc('docs/configuration.md');
  expect(doc, `docs/configuration.md ${STALE}`).toBe(renewConfiguration(doc));
});

test('every command and each of its options and arguments has a description', () => {
  const bare = listCommands(createDocumentedProgram()).flatMap(({ words, command }) =>
    [command.description(), ...command.options, ...command.registeredArguments]
      .filter((part) => (typeof part === 'string' ? part : part.description) === '')
      .map(() => words.join(' ')),
  );
  expect(bare).toEqual([]);
});
