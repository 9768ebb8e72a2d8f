/** How much of a cut answer has to agree with what was streamed: its end is a note about the cut. */
const COMPARED_CHARS = 1_000;

/** An answer as the run's end has it. */
export interface FinalAnswer {
  readonly text: string;
  /** The answer was too long, so that `text` ends in a note. What was streamed is whole. */
  readonly isCut: boolean;
}

/**
 * What is still to be written of an answer when `streamed` has been written already: nothing a second time, and
 * never without the end. Not every provider streams, and an agent may have said other things before its answer,
 * each a paragraph of its own: so the answer can begin at the start of any paragraph.
 */
export function restOfAnswer(streamed: string, { text, isCut }: FinalAnswer): string {
  const answer = text.trim();
  if (answer === '') return '';
  for (const start of paragraphStarts(streamed)) {
    const said = streamed.slice(start).trimStart();
    if (said === '') continue;
    if (answer.startsWith(said)) return answer.slice(said.length);
    if (said.trimEnd() === answer || (isCut && saysMore(said, answer))) return '';
  }
  return paragraphBreak(streamed) + answer;
}

function* paragraphStarts(text: string): Generator<number> {
  yield 0;
  for (const { index } of text.matchAll(/\n\n/g)) yield index + 2;
}

function saysMore(said: string, answer: string): boolean {
  return said.length >= answer.length && said.startsWith(answer.slice(0, COMPARED_CHARS));
}

/** What makes an empty line between two texts. */
function paragraphBreak(before: string): string {
  if (before.trim() === '' || before.endsWith('\n\n')) return '';
  return before.endsWith('\n') ? '\n' : '\n\n';
}
