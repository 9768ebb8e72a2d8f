import { BufferJSON, proto } from '@whiskeysockets/baileys';
import type { WaKeyValue } from '../../../db/wa-keys.ts';

/**
 * How a value of Baileys' key store is kept: bytes as they are, everything else as JSON with its buffers in
 * base64 (Baileys' own `BufferJSON` notation).
 */
export function encodeKeyValue(value: unknown): WaKeyValue {
  return value instanceof Uint8Array ? Buffer.from(value) : encodeJson(value);
}

/** Throws a SyntaxError on text that is not JSON. */
export function decodeKeyValue(type: string, stored: WaKeyValue): unknown {
  if (Buffer.isBuffer(stored)) return stored;
  const value = decodeJson(stored);
  // The app state code needs the protobuf class, which JSON does not keep.
  return type === 'app-state-sync-key' && isObject(value)
    ? proto.Message.AppStateSyncKeyData.fromObject(value)
    : value;
}

export function encodeJson(value: unknown): string {
  return JSON.stringify(value, BufferJSON.replacer);
}

export function decodeJson(text: string): unknown {
  return JSON.parse(text, BufferJSON.reviver);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
