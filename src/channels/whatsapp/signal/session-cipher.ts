import { proto, type SignalCreds } from '@whiskeysockets/baileys';
import { ProtocolAddress, SessionBuilder, SessionCipher } from 'whatsapp-rust-bridge';
import type { KeyUnit } from './key-unit.ts';
import { joinSessionRecord, type SessionStates, splitSessionRecord } from './session-record.ts';
import type { SignalAddress } from './signal-address.ts';
import { isUsedKey, toSignalError } from './signal-error.ts';
import { createSignalStorage } from './signal-storage.ts';

/** What one operation on a session works with. Engine handles are made per call and freed after it. */
export interface SessionScope {
  readonly unit: KeyUnit;
  readonly creds: SignalCreds;
  readonly address: SignalAddress;
}

type Encrypted = { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array };
type Bundle = Parameters<SessionBuilder['initOutgoing']>[0];

/** The engine numbers a message that carries pre-key material 3. */
const preKeyMessageType = 3;

export async function encryptWithSession(
  scope: SessionScope,
  plaintext: Uint8Array,
): Promise<Encrypted> {
  const { type, body } = await withCipher(scope, (cipher) => cipher.encrypt(plaintext));
  return { type: type === preKeyMessageType ? 'pkmsg' : 'msg', ciphertext: Buffer.from(body) };
}

/**
 * Decrypts a message of an existing session. Each state is tried alone: within one record the engine would
 * keep the failed attempt's ratchet step on the current state when an archived one succeeds.
 */
export async function decryptWithSession(
  scope: SessionScope,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  const record = scope.unit.readBytes('session', scope.address.id);
  if (!record) throw new Error('No session record');
  const states = listStates(splitSessionRecord(record));
  let firstError: Error | undefined;
  for (const state of states) {
    try {
      return await decryptInIsolation(scope, states, state, (cipher) =>
        cipher.decryptWhisperMessage(ciphertext),
      );
    } catch (error) {
      if (isUsedKey(error)) throw error;
      firstError ??= toSignalError(error);
    }
  }
  throw firstError ?? new Error('No session record');
}

/**
 * Decrypts the first message(s) of a session the other side began. The sender's identity is saved with it,
 * so a forged message, which does not decrypt, changes neither session nor identity.
 */
export async function decryptWithPreKey(
  scope: SessionScope,
  ciphertext: Uint8Array,
): Promise<{ plaintext: Uint8Array; isNewIdentity: boolean }> {
  const { baseKey, identityKey } = readPreKeyMessage(ciphertext);
  const record = scope.unit.readBytes('session', scope.address.id);
  const states = record ? listStates(splitSessionRecord(record)) : [];
  const known = states.find((state) => hasBaseKey(state, baseKey));
  const decrypt = (cipher: SessionCipher) => cipher.decryptPreKeyWhisperMessage(ciphertext);
  const plaintext = known
    ? await decryptInIsolation(scope, states, known, decrypt)
    : await withCipher(scope, decrypt);
  return { plaintext, isNewIdentity: saveIdentity(scope, identityKey) };
}

/** Begins a session from the keys the server hands out. Rejects when their signature is wrong. */
export async function beginSession(scope: SessionScope, bundle: Bundle): Promise<void> {
  const { unit, creds, address } = scope;
  using remote = new ProtocolAddress(address.name, address.deviceId);
  using builder = new SessionBuilder(createSignalStorage(unit, creds), remote);
  try {
    await builder.initOutgoing(bundle);
  } catch (error) {
    throw toSignalError(error);
  }
  saveIdentity(scope, bundle.identityKey);
}

async function withCipher<T>(
  { unit, creds, address }: SessionScope,
  work: (cipher: SessionCipher) => Promise<T>,
): Promise<T> {
  using remote = new ProtocolAddress(address.name, address.deviceId);
  using cipher = new SessionCipher(createSignalStorage(unit, creds), remote);
  try {
    return await work(cipher);
  } catch (error) {
    throw toSignalError(error);
  }
}

/** Shows the engine one state only; after success that state is the current one and the others are archived. */
async function decryptInIsolation(
  scope: SessionScope,
  states: readonly Uint8Array[],
  state: Uint8Array,
  work: (cipher: SessionCipher) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { unit, address } = scope;
  const alone = joinSessionRecord({ current: state, archived: [] });
  let advanced: Uint8Array | undefined;
  const isolated: KeyUnit = {
    ...unit,
    readBytes: (type, id) =>
      type === 'session' && id === address.id ? (advanced ?? alone) : unit.readBytes(type, id),
    stage: (type, id, value) => {
      if (type === 'session' && id === address.id) advanced = value ?? undefined;
      else unit.stage(type, id, value);
    },
  };
  const plaintext = await withCipher({ ...scope, unit: isolated }, work);
  if (!advanced) throw new Error('the engine decrypted without storing the session');
  const archived = states.filter((other) => other !== state);
  unit.stage(
    'session',
    address.id,
    joinSessionRecord({ current: splitSessionRecord(advanced).current, archived }),
  );
  return plaintext;
}

function listStates({ current, archived }: SessionStates): Uint8Array[] {
  return current ? [current, ...archived] : [...archived];
}

function hasBaseKey(state: Uint8Array, baseKey: Uint8Array): boolean {
  const { aliceBaseKey } = proto.SessionStructure.decode(state);
  return aliceBaseKey != null && Buffer.compare(aliceBaseKey, baseKey) === 0;
}

/** The first byte is the version, the rest a protobuf. Throws when the keys are missing. */
function readPreKeyMessage(ciphertext: Uint8Array) {
  const { baseKey, identityKey } = proto.PreKeySignalMessage.decode(ciphertext.subarray(1));
  if (!baseKey || !identityKey) throw new Error('pre-key message without its keys');
  return { baseKey, identityKey };
}

/** Returns whether the identity was unknown or another one before. */
function saveIdentity({ unit, address }: SessionScope, identityKey: Uint8Array): boolean {
  const known = unit.readBytes('identity-key', address.id);
  if (known && Buffer.compare(known, identityKey) === 0) return false;
  unit.stage('identity-key', address.id, identityKey);
  return true;
}
