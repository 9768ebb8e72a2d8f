import type { AuthenticationCreds } from '@whiskeysockets/baileys';
import { z } from 'zod';
import { decodeJson } from './key-codec.ts';

/**
 * The stored identity cannot be used. It is never replaced by a new one on its own, because that would
 * silently unlink the account.
 */
export class UnreadableCredsError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The WhatsApp identity in the database cannot be read (${reason}). ` +
        'Restore the database from a backup, or give up this link and make a new one: ' +
        'remove the device on the phone, clear the stored link and run `deckhand link`.',
      options,
    );
    this.name = 'UnreadableCredsError';
  }
}

const bytes = (length: number) =>
  z.instanceof(Uint8Array).refine((value) => value.length === length, `expected ${length} bytes`);
const keyPair = z.looseObject({ public: bytes(32), private: bytes(32) });

/** What a login cannot do without. Loose, because the other fields belong to Baileys. */
const credsSchema = z.looseObject({
  noiseKey: keyPair,
  pairingEphemeralKeyPair: keyPair,
  signedIdentityKey: keyPair,
  signedPreKey: z.looseObject({ keyPair, signature: bytes(64), keyId: z.number().int() }),
  registrationId: z.number().int(),
  advSecretKey: z.string().min(1),
  nextPreKeyId: z.number().int(),
  firstUnuploadedPreKeyId: z.number().int(),
  me: z.looseObject({ id: z.string().min(1) }).optional(),
});

/** Reads the stored JSON text. Throws UnreadableCredsError; the text itself is never part of the message. */
export function parseCreds(text: string): AuthenticationCreds {
  let value: unknown;
  try {
    value = decodeJson(text);
  } catch {
    // The parser's own error would quote the text, which holds private keys.
    throw new UnreadableCredsError('it is not JSON');
  }
  const checked = credsSchema.safeParse(value);
  if (!checked.success) {
    const fields = checked.error.issues.map((issue) => issue.path.join('.') || 'root');
    throw new UnreadableCredsError(`wrong fields: ${fields.join(', ')}`);
  }
  return value as AuthenticationCreds;
}
