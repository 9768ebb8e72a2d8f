import { listDocs, readDoc } from './markdown.ts';

export interface CommandLine {
  doc: string;
  /** Behind `deckhand`, without a shell's quotes, redirections and comments. */
  words: string[];
  /** In a block a line is to be typed as it is; in a sentence it may name a command alone. */
  isComplete: boolean;
}

/** Every call of the program that the documents show, but those in blocks of output. */
export function listCommandLines(): CommandLine[] {
  return listDocs().flatMap((doc) => {
    const text = readDoc(doc);
    const blocks = [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)]
      .filter(([, info]) => info === 'sh')
      .flatMap(([, , content = '']) => content.split('\n'));
    const spans = [...text.replaceAll(/^```.*\n[^]*?^```$/gm, '').matchAll(/`([^`]+)`/g)];
    return [
      ...blocks.flatMap((line) => toCommandLines(doc, line, true)),
      ...spans.flatMap(([, span = '']) => toCommandLines(doc, span.replaceAll('\n', ' '), false)),
    ];
  });
}

/** `a|b|c` stands for each of the three. */
function toCommandLines(doc: string, line: string, isComplete: boolean): CommandLine[] {
  const [, text] = /(?:^|[|&;<(]\s*|\s--\s)(?:npx )?deckhand (.*)$/.exec(line) ?? [];
  if (text === undefined) return [];
  const words = splitWords(text.replace(/\s(?:#|[|;]|[<>]\s|&&).*$/, ''));
  const choice = words.findIndex((word) => /^[a-z]+(?:\|[a-z]+)+$/.test(word));
  const choices = choice < 0 ? [] : (words[choice]?.split('|') ?? []);
  const lines = choice < 0 ? [words] : choices.map((word) => words.with(choice, word));
  return lines.map((each) => ({ doc, words: each, isComplete }));
}

/** Text in quotes is one word; `<…>`, `[…]` and `…` stand for one. */
function splitWords(text: string): string[] {
  const words = text.match(/"[^"]*"|<[^>]*>|\[[^\]]*\]|[^\s)]+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ''));
}
