import { z } from 'zod';

/** Control characters but for tab and line feed. */
// oxlint-disable-next-line no-control-regex -- what it is for
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/;
// oxlint-disable-next-line no-control-regex -- what it is for
const CONTROL_OR_BREAK = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/;

/** Text of an agent in several lines, 1 to `maxChars` characters, that shows as it is stored. */
export function ipcText(maxChars: number) {
  return z
    .string()
    .min(1)
    .max(maxChars)
    .refine((text) => text.trim() !== '', { error: 'must not be blank' })
    .refine((text) => !CONTROL.test(text) && text.isWellFormed(), {
      error: 'must not have control characters other than tab and line break',
    });
}

/** The same in one line. */
export function ipcLine(maxChars: number) {
  return ipcText(maxChars).refine((text) => !CONTROL_OR_BREAK.test(text), {
    error: 'must be one line without control characters',
  });
}
