/** When a line of an export was sent, as its parts are written: which of them is the day is a question of the locale. */
export interface ExportHeader {
  /** The three numbers of the date, in their order. */
  readonly date: readonly [number, number, number];
  readonly separator: string;
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** What follows the time: `Name: text`, or a line of the system. */
  readonly rest: string;
}

/** Marks that say how text is directed; exports are strewn with them. */
const MARKS = '[\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]*';
const SPACE = '[ \\u00a0\\u202f\\t]';
const GAP = `${SPACE}?${MARKS}`;
const DATE = [
  `(\\d{1,4})${MARKS}([./-]|年|년)`,
  `${GAP}(\\d{1,2})${MARKS}(?:[./-]|月|월)`,
  `${GAP}(\\d{1,4})${MARKS}(?:\\.|日|일)?`,
].join('');
const PERIOD = `\\p{L}[\\p{L}\\p{M}.]{0,11}(?:${SPACE}\\p{L}\\.)?`;
const TIME = `(?:(${PERIOD})${SPACE}?)?(\\d{1,2})[:.](\\d{2})(?:[:.](\\d{2}))?(?:${SPACE}?(${PERIOD}))?`;
const WHEN = `${DATE}[,،]?${SPACE}+${TIME}`;
/** `12/31/24, 23:59 - rest` */
const ANDROID = new RegExp(`^${MARKS}${WHEN}${MARKS}${SPACE}[-–]${SPACE}`, 'u');
/** `[31.12.24, 23:59:59] rest` */
const IOS = new RegExp(`^${MARKS}\\[${MARKS}${WHEN}${MARKS}\\]${SPACE}?`, 'u');

/** The longest header that is looked for, in characters. */
const MAX_HEADER_CHARS = 80;

/** Words for the halves of the day, without dots and spaces, in lower case. */
const MORNING = new Set(
  'am 오전 上午 午前 凌晨 早上 清晨 ص πμ fm de पूर्वाह्न sa öö dop pg'.split(' '),
);
const AFTERNOON = new Set('pm 오후 下午 午後 中午 晚上 م μμ em du अपराह्न ch ös odp ptg'.split(' '));

/** Undefined for a line that goes on with the message before it. */
export function readHeader(line: string): ExportHeader | undefined {
  const head = withPlainDigits(line.slice(0, MAX_HEADER_CHARS));
  const found = (/^[^\d]*\[/.test(head) ? IOS : ANDROID).exec(head);
  if (found === null) return undefined;
  const [whole, first, separator = '', second, third, before, hours, minutes, seconds, after] =
    found;
  const hour = hourOf(Number(hours), before ?? after);
  if (hour === undefined) return undefined;
  return {
    date: [Number(first), Number(second), Number(third)],
    separator,
    hour,
    minute: Number(minutes),
    second: Number(seconds ?? 0),
    rest: line.slice(whole.length),
  };
}

function hourOf(hour: number, period: string | undefined): number | undefined {
  if (period === undefined || hour > 12) return hour;
  const word = period.toLowerCase().replaceAll(/[^\p{L}\p{M}]/gu, '');
  if (MORNING.has(word)) return hour % 12;
  return AFTERNOON.has(word) ? (hour % 12) + 12 : undefined;
}

/** Digits of Arabic, Persian and Devanagari, each a character as long as the one it becomes. */
function withPlainDigits(text: string): string {
  return text.replaceAll(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/g, (digit) => {
    const code = digit.charCodeAt(0);
    return String(code >= 0x966 ? code - 0x966 : code & 0xf);
  });
}
