import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './markdown.ts';

export interface QuotedTests {
  readonly file: string;
  readonly titles: readonly string[];
}

/** Files of tests in the order of the text, each with the titles in straight quotes that follow it. */
export function quotedTests(text: string): QuotedTests[] {
  const tests: { file: string; titles: string[] }[] = [];
  const marks = text.replaceAll(/\n */g, ' ').matchAll(/`([\w./-]+\.test\.ts)`|"([^"]+)"/g);
  for (const [, file, title = ''] of marks) {
    if (file !== undefined) tests.push({ file, titles: [] });
    else tests.at(-1)?.titles.push(title);
  }
  return tests;
}

/** Quoted tests that are not there, or not under their title. */
export function findMissing(tests: readonly QuotedTests[]): string[] {
  return tests.flatMap(({ file, titles }) => {
    const path = join(projectRoot, file);
    if (!existsSync(path)) return [file];
    const source = readFileSync(path, 'utf8');
    return titles.filter((title) => !isTitleIn(source, title)).map((title) => `${file}: ${title}`);
  });
}

function isTitleIn(source: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
}
