import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MUTATIONS } from './mutations.ts';

const SOURCES = join(import.meta.dirname, '..', '..', '..', 'src');

it.each(Object.entries(MUTATIONS))(
  '%s replaces texts that the sources hold once',
  (_, { changes }) => {
    for (const { file, from } of changes) {
      const source = readFileSync(join(SOURCES, file), 'utf8');
      expect(source.split(from)).toHaveLength(2);
    }
  },
);
