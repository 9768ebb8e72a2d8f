import type { WallTime } from '../core/schedule/local-time.ts';
import type { ExportHeader } from './export-header.ts';

export const DATE_ORDERS = ['dmy', 'mdy', 'ymd'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** WhatsApp is from 2009; a Thai calendar is 543 years ahead. */
const FIRST_YEAR = 2009;
const LAST_YEAR = 2200;
const THAI_YEARS = 543;
/** Messages that were sent offline come out of order; by more than a day hardly ever. */
const DAY_MS = 86_400_000;

/** The clock time of a header; undefined when such a date or time does not exist. */
export function wallTimeOf(header: ExportHeader, order: DateOrder): WallTime | undefined {
  const [a, b, c] = header.date;
  const [yearAsWritten, month, day] =
    order === 'ymd' ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b];
  const year = fullYear(yearAsWritten);
  const { hour, minute, second } = header;
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = Date.UTC(year, month - 1, day);
  if (new Date(midnight).getUTCDate() !== day) return undefined;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000;
}

function fullYear(year: number): number {
  if (year < 100) return 2000 + year;
  return year > LAST_YEAR + THAI_YEARS || year <= LAST_YEAR ? year : year - THAI_YEARS;
}

export type OrderVerdict =
  | { readonly status: 'found'; readonly order: DateOrder }
  | { readonly status: 'ambiguous' }
  /** No line has a date. */
  | { readonly status: 'none' };

interface Vote {
  readonly order: DateOrder;
  invalid: number;
  /** How often time goes back. */
  back: number;
  last: WallTime;
}

/** Finds out by all dates of a file in which order they are written: a chat goes forward, and no month is the 13th. */
export class DateOrderVote {
  readonly #votes: readonly Vote[] = DATE_ORDERS.map((order) => ({
    order,
    invalid: 0,
    back: 0,
    last: 0,
  }));
  #seen = 0;
  #isTelling = false;
  #hasDots = false;

  add(header: ExportHeader): void {
    this.#seen += 1;
    const [a, b] = header.date;
    this.#isTelling ||= a !== b;
    this.#hasDots ||= header.separator === '.';
    for (const vote of this.#votes) count(vote, header);
  }

  verdict(): OrderVerdict {
    if (this.#seen === 0) return { status: 'none' };
    const [best, next] = this.#votes.toSorted(
      (one, other) => one.invalid - other.invalid || one.back - other.back,
    );
    if (best === undefined || best.invalid === this.#seen) return { status: 'none' };
    const isTie = next?.invalid === best.invalid && next.back === best.back;
    // Nobody writes the month first with dots.
    if (isTie && this.#isTelling && !this.#hasDots) return { status: 'ambiguous' };
    return { status: 'found', order: best.order };
  }
}

function count(vote: Vote, header: ExportHeader): void {
  // Two digits are the year at the end wherever people write two.
  const isYearShort = vote.order === 'ymd' && header.date[0] < 1000;
  const at = isYearShort ? undefined : wallTimeOf(header, vote.order);
  if (at === undefined) {
    vote.invalid += 1;
    return;
  }
  if (at < vote.last - DAY_MS) vote.back += 1;
  vote.last = at;
}
