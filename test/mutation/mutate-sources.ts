import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Replacement } from './replacement.ts';

/**
 * From now on the named sources are loaded with their replacements. Loading throws when a text is not there exactly
 * once: a mutation that changes nothing would prove nothing.
 */
export function mutateSources(sourceRoot: string, replacements: readonly Replacement[]): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const wanted = replacements.filter(({ file }) => urlOf(sourceRoot, file) === url);
      if (wanted.length === 0) return loaded;
      return { ...loaded, source: wanted.reduce(replaceOnce, textOf(loaded.source)) };
    },
  });
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | undefined | null): string {
  if (typeof source === 'string') return source;
  return source ? Buffer.from(source as Uint8Array).toString('utf8') : '';
}

function urlOf(sourceRoot: string, file: string): string {
  return pathToFileURL(`${sourceRoot}/${file}`).href;
}

function replaceOnce(source: string, { file, from, to }: Replacement): string {
  const [before, after, ...more] = source.split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`src/${file} does not hold exactly once: ${from}`);
  }
  return before + to + after;
}
