const CENSOR = '[redacted]';

/** In a line of JSON a line break is written `\n`, whose letter must not hide where a word begins. */
const WORD_START = String.raw`(?:\b|(?<=\\[nrt]))`;

/**
 * The whole word that ends in a JWT. It is looked at from its beginning alone, and only when two dots follow: from
 * every `eyJ` on, a long word full of them would cost its length each time.
 */
const JWT = String.raw`(?:(?<![\w-])|(?<=\\[nrt]))(?=[\w-]+\.[\w-]+\.)(?:[\w-]*-)?eyJ[\w-]{8,}\.[\w-]+\.[\w-]*`;

/** OAuth tokens (JWT) and API keys, whoever's they are: the host keeps more than its configuration names. */
const SHAPES = String.raw`${JWT}|${WORD_START}sk-[\w-]{8,}`;

/** A field of JSON, also of JSON within a text, or of a form: the bodies of requests that go in and out. */
const FIELD =
  /((?:access|refresh|id)_?token|code_verifier|api_?key)(\\*"\s*:\s*\\*"|=)[^"\\&\s]+/gi;

/** Takes secrets out of what is kept for people: a line of the log, or why something has failed. */
export type Censor = (text: string) => string;

/**
 * Makes the function that takes secrets out of a text or a line of JSON, in any place of it: the given ones as they are,
 * within JSON texts, as part of an address or form, and as base64 of their own; tokens and API keys by their shape or
 * by the name of their field. A secret in pieces or otherwise encoded is not found.
 */
export function createLogCensor(secrets: readonly string[]): Censor {
  const forms = new Set(secrets.filter(Boolean).flatMap(formsOf));
  // The longest first: else one that begins like another would leave its rest.
  const values = [...forms].toSorted((one, other) => other.length - one.length);
  const known = new RegExp([...values.map((value) => RegExp.escape(value)), SHAPES].join('|'), 'g');
  return (line) => line.replace(known, CENSOR).replace(FIELD, `$1$2${CENSOR}`);
}

function formsOf(secret: string): string[] {
  const inLine = escapeJson(secret);
  const inText = escapeJson(inLine);
  const bytes = Buffer.from(secret);
  const text = secret.toWellFormed();
  return [
    secret,
    inLine,
    inText,
    escapeJson(inText),
    encodeURIComponent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
