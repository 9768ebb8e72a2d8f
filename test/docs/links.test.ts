import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { mountAllowlistSchema } from '../../src/core/extra-mounts.ts';
import {
  anchorsOf,
  codeBlocks,
  listDocs,
  projectRoot,
  readDoc,
  relativeLinks,
} from './markdown.ts';

const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });

test('the README starts with the two commands for a fresh machine', () => {
  const start = '```sh\nnpm ci && npm run demo\nnpm ci && npm test\n```\n';
  expect(readDoc('README.md').slice(0, start.length)).toBe(start);
});

test('every relative link leads to a file, and its anchor to a heading', () => {
  const broken = listDocs().flatMap((doc) =>
    relativeLinks(readDoc(doc))
      .filter(({ path, anchor }) => {
        const target = path === '' ? doc : join(dirname(doc), path);
        if (!existsSync(join(projectRoot, target))) return true;
        return anchor !== '' && !anchorsOf(readDoc(target)).has(anchor);
      })
      .map(({ path, anchor }) => `${doc}: ${path}#${anchor}`),
  );
  expect(broken).toEqual([]);
});

/** Documents that a reader of this one comes to; a link to a folder leads to all that is in it. */
function linkedFrom(doc: string): string[] {
  const targets = relativeLinks(readDoc(doc)).map(({ path }) => join(dirname(doc), path));
  return listDocs().filter((other) =>
    targets.some((target) => other === target || other.startsWith(`${target}/`)),
  );
}

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const doc of reached) for (const next of linkedFrom(doc)) reached.add(next);
  const pages = listDocs().filter((doc) => !/^(?:test|groups|\.claude)\//.test(doc));
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});

test('every npm script that the documents name exists', () => {
  const { scripts } = packageSchema.parse(JSON.parse(readDoc('package.json')));
  const named = listDocs().flatMap((doc) =>
    [...readDoc(doc).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name),
  );
  expect(named).toContain('demo');
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('every source file that the documents name exists', () => {
  const named = listDocs()
    .filter((doc) => doc !== 'CHANGELOG.md')
    .flatMap((doc) =>
      [...readDoc(doc).matchAll(/`((?:src|container|test|bench|bin)\/[\w./-]+)`/g)].map(
        ([, path = '']) => `${doc}: ${path}`,
      ),
    );
  const isThere = (name: string) => existsSync(join(projectRoot, name.replace(/^.*: /, '')));
  expect(named.filter((name) => !isThere(name))).toEqual([]);
});

test('the mount allowlist of the guide can be used', () => {
  const [example = ''] = codeBlocks(readDoc('docs/guide.md'), 'json mount-allowlist');
  expect(mountAllowlistSchema.safeParse(JSON.parse(example))).toMatchObject({ success: true });
});

test('every decision fits on a page and says what it changes', () => {
  const decisions = listDocs().filter((doc) => doc.startsWith('docs/adr/'));
  expect(decisions.length).toBeGreaterThan(0);
  const odd = decisions.filter((doc) => {
    const text = readFileSync(join(projectRoot, doc), 'utf8');
    const hasParts = ['Context', 'Decision', 'Consequences'].every((title) =>
      text.includes(`\n## ${title}\n`),
    );
    return !hasParts || statSync(join(projectRoot, doc)).size > 6_000;
  });
  expect(odd).toEqual([]);
});
