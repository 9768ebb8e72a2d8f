import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, readDoc } from './markdown.ts';

/** Texts of the program, with those that are written in several pieces put together. */
function readTexts(): string {
  const folder = join(projectRoot, 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return files.join('\n').replaceAll(/['`] \+\s+['`]/g, '');
}

/** What stands in “…”, without its changing parts. */
function quotesOf(doc: string): string[] {
  return [...doc.matchAll(/“([^”]+)”/g)].flatMap(([, quote = '']) =>
    quote
      .replaceAll('\n', ' ')
      .split('…')
      .map((part) => part.trim())
      .filter((part) => part.length > 1),
  );
}

test.each(['docs/troubleshooting.md', 'docs/upgrading.md'])(
  'what %s says that people read is what the program says',
  (doc) => {
    const texts = readTexts();
    const quotes = quotesOf(readDoc(doc));
    expect(quotes.length).toBeGreaterThan(0);
    expect(quotes.filter((quote) => !texts.includes(quote))).toEqual([]);
  },
);
