/**
 * The engine rejects with strings; Baileys wants an Error and decides by its text whether to ask for a
 * resend. Most important: `Key used already or never filled` is acknowledged without a retry receipt.
 */
const messages: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/DuplicatedMessage\(|message with old counter/, 'Key used already or never filled'],
  [/SessionNotFound/, 'No session record'],
  [/no sender key state/, 'No session found to decrypt message'],
  [/InvalidSignedPreKeyId|decryption failed/, 'No matching sessions found for message'],
  [/InvalidPreKeyId/, 'Invalid PreKey ID'],
  [/invalid signature/, 'Invalid signature!'],
];

const usedKeyMessage = 'Key used already or never filled';

/** Wraps whatever the engine threw; the original text is the cause. An Error that is one already stays as it is. */
export function toSignalError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  const text = String(thrown);
  const known = messages.find(([pattern]) => pattern.test(text));
  return new Error(known?.[1] ?? text, { cause: text });
}

/** The ciphertext's key is spent: the message was decrypted before. */
export function isUsedKey(error: unknown): boolean {
  return error instanceof Error && error.message === usedKeyMessage;
}

/**
 * The database failed under a Signal operation, so the message is neither decrypted nor stored. The socket
 * must be closed without a receipt: then the server keeps the message.
 */
export class SignalStorageError extends Error {
  constructor(cause: unknown) {
    super('the key store could not be read or written', { cause });
    this.name = 'SignalStorageError';
  }
}

/** The key of a message is spent, and yet the inbox does not have the message: its phone must send it again. */
export class MissedMessageError extends Error {
  constructor(cause: unknown) {
    super('the key of a message that never came in is spent', { cause });
    this.name = 'MissedMessageError';
  }
}
