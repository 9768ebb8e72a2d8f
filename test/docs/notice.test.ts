import { expect, test } from 'vitest';
import { z } from 'zod';
import { readDoc } from './markdown.ts';

const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()) });
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
      license: z.string().optional(),
    }),
  ),
});

const notice = readDoc('NOTICE');
const { packages } = lockSchema.parse(JSON.parse(readDoc('package-lock.json')));

/** `name version licence` of each direct dependency that is not our own. */
function listDependencies(file: string): string[] {
  const { dependencies } = packageSchema.parse(JSON.parse(readDoc(file)));
  return Object.entries(dependencies)
    .filter(([name]) => !name.startsWith('@deckhand/'))
    .map(([name, version]) => {
      const licence = packages[`node_modules/${name}`]?.license ?? '';
      return `${name} ${version} ${licence.replace(/^SEE LICENSE.*/, "Anthropic's terms")}`;
    });
}

test('NOTICE has every direct dependency with its version and licence, and no other', () => {
  const listed = [...notice.matchAll(/^ {4}(\S+) {2,}(\d\S*) +(\S.*?)(?: {2,}.*|, see .*)?$/gm)];
  const wanted = ['package.json', 'container/agent-runner/package.json'].flatMap(listDependencies);
  expect(
    listed.map(([, name, version, licence]) => `${name} ${version} ${licence}`).toSorted(),
  ).toEqual(wanted.toSorted());
});

/** These name theirs in a form that the lock file does not take over: `licenses`, MIT. */
const OLD_FORM = ['buildcheck', 'cpu-features', 'ssh2'].map((name) => `node_modules/${name}`);

test('NOTICE counts the licences of what is installed', () => {
  const counts = new Map<string, number>();
  for (const [path, { dev, link, license }] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || dev || link) continue;
    const name = OLD_FORM.includes(path) ? 'MIT' : (license ?? 'none');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const text = notice.replaceAll(/\s+/g, ' ');
  const simple = [...counts].filter(([name]) => !/ AND |^SEE /.test(name));
  expect(
    simple.filter(([name, count]) => !new RegExp(`\\b${name} ${count}\\b`).test(text)),
  ).toEqual([]);
});
