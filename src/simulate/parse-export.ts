import type { WallTime } from '../core/schedule/local-time.ts';
import { type DateOrder, wallTimeOf } from './date-order.ts';
import { readHeader } from './export-header.ts';
import { type ExportText, readExportText } from './export-text.ts';

/** Far above the 65,536 that WhatsApp takes in one message. */
const MAX_TEXT_CHARS = 100_000;
/** A longer one is part of a line of the system that happens to have a colon. */
const MAX_SENDER_CHARS = 80;

interface At {
  /** Number of its first line, from 1. */
  readonly line: number;
  readonly wall: WallTime;
}

/** What an export holds, in its order. */
export type ExportEntry =
  | (At & { readonly kind: 'message'; readonly sender: string; readonly content: ExportText })
  /** Somebody joined, the subject was changed and the like. */
  | (At & { readonly kind: 'system' })
  /** A line that belongs to nothing. */
  | { readonly kind: 'bad'; readonly line: number; readonly text: string; readonly reason: string };

interface Open extends At {
  readonly head: string;
  readonly more: string[];
  chars: number;
}

/** Puts the lines of an export together to messages. Lines come without their ends. */
export class ExportParser {
  readonly #order: DateOrder;
  #line = 0;
  #open: Open | undefined;

  constructor(order: DateOrder) {
    this.#order = order;
  }

  /** What the line has completed or spoilt. */
  *push(line: string): Generator<ExportEntry> {
    this.#line += 1;
    const header = readHeader(line);
    const wall = header === undefined ? undefined : wallTimeOf(header, this.#order);
    if (header !== undefined && wall !== undefined) {
      yield* this.end();
      this.#open = { line: this.#line, wall, head: header.rest, more: [], chars: 0 };
      return;
    }
    if (header !== undefined) yield this.#bad(line, 'has a date that does not exist');
    else if (this.#open === undefined && line.trim() !== '')
      yield this.#bad(line, 'comes before the first message');
    this.#continue(line);
  }

  /** The last message. */
  *end(): Generator<ExportEntry> {
    if (this.#open !== undefined) yield close(this.#open);
    this.#open = undefined;
  }

  #continue(line: string): void {
    const open = this.#open;
    if (open === undefined) return;
    open.chars += line.length + 1;
    if (open.chars <= MAX_TEXT_CHARS) open.more.push(line);
  }

  #bad(line: string, reason: string): ExportEntry {
    return { kind: 'bad', line: this.#line, text: line.slice(0, 200), reason };
  }
}

function close({ line, wall, head, more }: Open): ExportEntry {
  const colon = head.search(/:(?: |$)/);
  const sender = senderOf(head.slice(0, Math.max(colon, 0)));
  if (sender === undefined) return { kind: 'system', line, wall };
  const first = head.slice(colon + 2).slice(0, MAX_TEXT_CHARS);
  const content = readExportText([first, ...more].join('\n'));
  return { kind: 'message', line, wall, sender, content };
}

/** The name without marks and without the `~` of people who are no contacts; undefined when it is none. */
function senderOf(written: string): string | undefined {
  const name = plainName(written);
  return name === '' || name.length > MAX_SENDER_CHARS || /["“”]/.test(name) ? undefined : name;
}

/** A name as it is compared: without marks of direction and in plain spaces. */
export function plainName(written: string): string {
  return written
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .trim()
    .replace(/^~ */, '');
}
