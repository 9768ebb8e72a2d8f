/** What one line of Markdown falls into. `raw` is shown as it is: code, addresses, escaped characters. */
type Token =
  | { kind: 'raw'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'mark'; text: string; mayOpen: boolean; mayClose: boolean };

const CODE = '`{3}[^\\n]*?`{3}|``[^\\n]+?``|`[^`\\n]+`';
const LINK =
  '!?\\[([^\\[\\]\\n]*)\\]\\(<?((?:[^()<>\\s]|\\([^()<>\\s]*\\))+)>?(?:\\s+"[^"\\n]*")?\\)';
const AUTOLINK = '<((?:https?|mailto):[^<>\\s]+)>';
const URL = 'https?://[^\\s<>*]+';
const ESCAPE = '\\\\([*_~[\\]()#+\\-.!>|`])';
const MARK = '\\*{1,3}|_{2}|~{2}';
const TOKEN = new RegExp(`(${CODE})|${LINK}|${AUTOLINK}|(${URL})|${ESCAPE}|(${MARK})`, 'g');

/** Deeper nesting than any text has; keeps the search for an opener short. */
const MAX_OPEN_MARKS = 8;

/** WhatsApp's sign for each Markdown mark: what opens it and what closes it. */
const SIGNS: Record<string, readonly [string, string]> = {
  '***': ['*_', '_*'],
  '**': ['*', '*'],
  __: ['*', '*'],
  '~~': ['~', '~'],
};

/**
 * Rewrites the marks inside one line: bold, strike, links. A single `*x*` stays, because it is bold to
 * WhatsApp and models that were told so write it; only inside `**…**` it is Markdown's italic.
 */
export function formatInline(line: string): string {
  const tokens = tokenize(line);
  const out = tokens.map((token) => token.text);
  const open: { mark: string; index: number }[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== 'mark') return;
    const opener = token.mayClose ? open.findLastIndex((entry) => entry.mark === token.text) : -1;
    const start = open[opener];
    if (start === undefined) {
      if (!token.mayOpen) return;
      if (open.length === MAX_OPEN_MARKS) open.shift();
      open.push({ mark: token.text, index });
      return;
    }
    const inBold = open
      .slice(0, opener)
      .some((entry) => entry.mark === '**' || entry.mark === '__');
    open.length = opener;
    const [left, right] = token.text === '*' ? (inBold ? ['_', '_'] : ['*', '*']) : signsOf(token);
    out[start.index] = left;
    out[index] = right;
  });
  return out.join('');
}

/** The text without any bold marks, for places that are bold as a whole. */
export function withoutBold(line: string): string {
  return tokenize(line)
    .map((token) => {
      if (token.kind !== 'mark') return token.text;
      return token.text === '~~' ? '~' : '';
    })
    .join('');
}

function signsOf(token: { text: string }): readonly [string, string] {
  return SIGNS[token.text] ?? [token.text, token.text];
}

function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const match of line.matchAll(TOKEN)) {
    if (match.index > from) tokens.push({ kind: 'text', text: line.slice(from, match.index) });
    from = match.index + match[0].length;
    tokens.push(tokenOf(match, line));
  }
  if (from < line.length) tokens.push({ kind: 'text', text: line.slice(from) });
  return tokens;
}

function tokenOf(match: RegExpExecArray, line: string): Token {
  const [whole, code, label, address, autolink, , escaped, mark] = match;
  if (code !== undefined) return { kind: 'raw', text: singleBackticks(code) };
  if (address !== undefined) return { kind: 'raw', text: describeLink(label ?? '', address) };
  if (autolink !== undefined) return { kind: 'raw', text: autolink.replace(/^mailto:/, '') };
  if (escaped !== undefined) return { kind: 'raw', text: escaped };
  if (mark === undefined) return { kind: 'raw', text: whole };
  const before = line[match.index - 1] ?? ' ';
  const after = line[match.index + whole.length] ?? ' ';
  const isWordy = mark === '__' || mark === '*';
  return {
    kind: 'mark',
    text: mark,
    mayOpen: /\S/.test(after) && !(isWordy && /\w/.test(before)),
    mayClose: /\S/.test(before) && !(isWordy && /\w/.test(after)),
  };
}

/** WhatsApp knows one backtick and three, not two. */
function singleBackticks(code: string): string {
  const inner = /^``(?!`)(.+)``$/.exec(code)?.[1]?.trim();
  return inner === undefined || inner.includes('`') ? code : `\`${inner}\``;
}

function describeLink(label: string, address: string): string {
  const target = address.replace(/^mailto:/, '');
  const text = withoutBold(label).trim();
  return text === '' || text === target || text === address ? target : `${text} (${target})`;
}
