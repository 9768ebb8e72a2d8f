import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderNameSchema } from '../../core/folder-name.ts';
import { createFolderSlug } from './folder-slug.ts';

test.for([
  ['Dév  Team!', 'dev-team'],
  ['Große Straße 7', 'grosse-strasse-7'],
  ['семья 🎉', 'group'],
  ['con', 'con-2'],
  ['../../etc', 'etc'],
] as const)('"%s" gets the folder %s', ([name, folder]) => {
  expect(createFolderSlug(name, () => false)).toBe(folder);
});

test('a folder that is taken gets the next free number', () => {
  const taken = new Set(['team', 'team-2']);
  expect(createFolderSlug('Team', (folder) => taken.has(folder))).toBe('team-3');
});

test('whatever a group is called, its folder is a valid name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
      expect(folderNameSchema.safeParse(createFolderSlug(name, () => false)).success).toBe(true);
    }),
  );
});
