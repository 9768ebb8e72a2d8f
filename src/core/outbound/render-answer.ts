import { formatForWhatsApp } from './format.ts';
import { splitText } from './split.ts';
import { stripInternal } from './strip-internal.ts';

/** Controls but for tab and line break: no phone shows them, and logs and terminals obey them. */
const CONTROL = /\r(?!\n)|(?![\t\n\r])\p{Cc}/gu;

/** A model's answer as the messages that are sent; none when nothing is meant for the chat. */
export function renderAnswer(answer: string): string[] {
  const text = formatForWhatsApp(stripInternal(withoutControls(answer))).trim();
  return text === '' ? [] : splitText(text);
}

/** Half a surrogate pair is no text at all: it cannot be encoded for the way to the server. */
function withoutControls(text: string): string {
  return text.toWellFormed().replaceAll(CONTROL, '');
}
