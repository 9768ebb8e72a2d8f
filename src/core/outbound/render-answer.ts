import { formatForWhatsApp } from './format.ts';
import { splitText } from './split.ts';
import { stripInternal } from './strip-internal.ts';

/** A model's answer as the messages that are sent; none when nothing is meant for the chat. */
export function renderAnswer(answer: string): string[] {
  const text = formatForWhatsApp(stripInternal(answer)).trim();
  return text === '' ? [] : splitText(text);
}
