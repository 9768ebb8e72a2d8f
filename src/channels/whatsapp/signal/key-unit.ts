import type { WaKeyRow, WaKeyTable } from '../../../db/wa-keys.ts';
import { decodeKeyValue } from './key-codec.ts';

/**
 * The reads and staged writes of one Signal operation. Nothing reaches the database before `rows` are
 * written, so an operation that fails leaves no trace. Bound to its operation by closure: WASM futures
 * share one microtask queue and run storage callbacks in whatever async context is current, so nothing
 * here may depend on AsyncLocalStorage (Baileys' key transactions do).
 */
export interface KeyUnit {
  /** A binary record. Undefined also for records of the JavaScript engine kept as JSON. */
  readBytes(type: BinaryKeyType, id: string): Uint8Array | undefined;
  readPreKey(id: number): { public: Uint8Array; private: Uint8Array } | undefined;
  stage(type: BinaryKeyType | 'pre-key', id: string, value: Uint8Array | null): void;
  rows(): WaKeyRow[];
  /** The first error of the database while reading, which the WASM side only passes on as text. */
  readonly failure: Error | undefined;
}

export type BinaryKeyType = 'session' | 'sender-key' | 'identity-key';

export function createKeyUnit(table: WaKeyTable): KeyUnit {
  const staged = new Map<string, WaKeyRow>();
  let failure: Error | undefined;
  const find = (type: string, id: string) => {
    const row = staged.get(`${type}:${id}`);
    if (row) return row.value ?? undefined;
    try {
      return table.find(type, id);
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  };
  return {
    readBytes(type, id) {
      const value = find(type, id);
      return Buffer.isBuffer(value) ? value : undefined;
    },
    readPreKey(id) {
      const stored = find('pre-key', String(id));
      if (stored === undefined) return undefined;
      return decodeKeyValue('pre-key', stored) as { public: Uint8Array; private: Uint8Array };
    },
    stage(type, id, value) {
      staged.set(`${type}:${id}`, { type, id, value: value && Buffer.from(value) });
    },
    rows: () => [...staged.values()],
    get failure() {
      return failure;
    },
  };
}
