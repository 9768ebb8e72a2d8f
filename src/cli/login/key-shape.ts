import type { StoredCredential } from '../../credentials/stored-credential.ts';

export type KeyKind = 'openai_key' | 'claude_key' | 'claude_token';

export type KeyVerdict =
  | { status: 'ok'; kind: KeyKind }
  /** A sentence that says what is wrong and what to do, without a part of the secret. */
  | { status: 'wrong'; message: string };

/** Shorter than any key or token that is given out. */
const MIN_LENGTH = 20;
const CLAUDE_TOKEN = /^sk-ant-oat/;
const CLAUDE_KEY = /^sk-ant-/;
const OPENAI_KEY = /^sk-(?!ant-)/;
const JWT = /^eyJ/;

/** What a secret of OpenAI may be. Proxies give out keys of their own forms, so that only mistakes are refused. */
export function judgeOpenaiKey(secret: string): KeyVerdict {
  const broken = judgeText(secret);
  if (broken !== undefined) return broken;
  if (CLAUDE_KEY.test(secret)) {
    return wrong('This is a credential for Claude: store it with `deckhand login claude`.');
  }
  if (JWT.test(secret)) {
    return wrong(
      'This is a token of a ChatGPT sign-in and no API key: sign in with `deckhand login codex`.',
    );
  }
  return { status: 'ok', kind: 'openai_key' };
}

/** What a secret of Claude may be; without `wanted` its beginning decides. */
export function judgeClaudeSecret(
  secret: string,
  wanted: 'claude_key' | 'claude_token' | undefined,
): KeyVerdict {
  const broken = judgeText(secret);
  if (broken !== undefined) return broken;
  if (OPENAI_KEY.test(secret)) {
    return wrong('This is a key of OpenAI: store it with `deckhand login codex --api-key`.');
  }
  if (CLAUDE_TOKEN.test(secret)) {
    if (wanted !== 'claude_key') return { status: 'ok', kind: 'claude_token' };
    return wrong('This is a token of `claude setup-token` and no API key: use --token.');
  }
  if (CLAUDE_KEY.test(secret)) {
    if (wanted !== 'claude_token') return { status: 'ok', kind: 'claude_key' };
    return wrong('This is an API key and no token of `claude setup-token`: use --api-key.');
  }
  if (wanted !== undefined) return { status: 'ok', kind: wanted };
  return wrong(
    'This begins like no credential of Claude: say what it is with --api-key or --token.',
  );
}

export function toCredential(kind: KeyKind, secret: string, now: number): StoredCredential {
  switch (kind) {
    case 'openai_key':
    case 'claude_key':
      return { v: 1, kind: 'api_key', key: secret, savedAt: now };
    case 'claude_token':
      return { v: 1, kind: 'claude_token', token: secret, savedAt: now };
    default:
      return kind satisfies never;
  }
}

/** Keys travel in HTTP headers: nothing but visible ASCII can be in them. */
function judgeText(secret: string): Extract<KeyVerdict, { status: 'wrong' }> | undefined {
  if (/\s/.test(secret)) {
    return wrong('It holds a space or a line break: give the key alone, on one line.');
  }
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    return wrong('It holds characters that no key has: copy it again.');
  }
  if (/^\w+=/.test(secret)) {
    return wrong('It looks like a line of .env: give what stands behind the equals sign alone.');
  }
  if (secret.length < MIN_LENGTH) return wrong('It is too short for a key: copy all of it.');
  return undefined;
}

function wrong(message: string): Extract<KeyVerdict, { status: 'wrong' }> {
  return { status: 'wrong', message };
}
