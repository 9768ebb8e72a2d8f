import type { SignalAuthState, UserFacingSocketConfig } from '@whiskeysockets/baileys';
import type { WaKeyTable } from '../../../db/wa-keys.ts';
import type { AddressResolver } from './address-resolver.ts';
import type { Journal } from './journal.ts';
import type { KeyedMutex } from './keyed-mutex.ts';
import type { SignalOperations } from './signal-operation.ts';

/** What the halves of the repository share. */
export interface OperationDeps {
  readonly table: WaKeyTable;
  readonly journal: Journal;
  readonly mutex: KeyedMutex;
  readonly addresses: AddressResolver;
  readonly operations: SignalOperations;
  readonly creds: SignalAuthState['creds'];
  readonly logger: NonNullable<UserFacingSocketConfig['logger']>;
}
