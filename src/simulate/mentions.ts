import type { Jid } from '../core/message.ts';
import { plainName } from './parse-export.ts';

/** A mention as it is exported: `@` and the name between marks that nobody types. */
const MENTION = /@\u2068~?([^\u2069\n]{1,80})\u2069/g;
/** Older exports have the number. */
const NUMBER = /(?<![\p{L}\p{N}])@(\d{7,15})(?!\d)/gu;

/** Who a text mentions, as far as an export tells. */
export function readMentions(text: string, personOf: (name: string) => Jid): Jid[] {
  if (!text.includes('@')) return [];
  const names = [...text.matchAll(MENTION)].map(([, name = '']) => plainName(name));
  const numbers = [...text.matchAll(NUMBER)].map(([, number = '']) => `+${number}`);
  return [...names, ...numbers].map(personOf);
}
