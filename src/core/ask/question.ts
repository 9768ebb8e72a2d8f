import { encodeText } from '../prompt.ts';

/**
 * Longest question in characters, as it is encoded for the model. The Codex CLI takes 1,048,576 for the whole
 * prompt; the rest is for the memory of the group.
 */
const MAX_QUESTION_CHARS = 900_000;
/** Most bytes that a question within that limit can have in UTF-8. */
export const MAX_QUESTION_BYTES = MAX_QUESTION_CHARS * 3;

export type Question =
  | { readonly ok: true; readonly text: string }
  /** A sentence that says what to change. */
  | { readonly ok: false; readonly reason: string };

export function checkQuestion(text: string): Question {
  if (text.trim() === '') return { ok: false, reason: 'The question is empty: say what to ask.' };
  if (encodeText(text).length <= MAX_QUESTION_CHARS) return { ok: true, text };
  return tooLong();
}

export function tooLong(): Question {
  const limit = MAX_QUESTION_CHARS.toLocaleString('en');
  const reason = `The question is longer than ${limit} characters: put the material into a file of the group's folder and ask about that.`;
  return { ok: false, reason };
}

/** The bytes of standard input as a question. */
export function decodeQuestion(bytes: Uint8Array): Question {
  try {
    return checkQuestion(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, reason: 'The question is not UTF-8 text: convert it first.' };
  }
}
