import type { Companion } from './companion.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import type { SimulatedPhone } from './phone.ts';

/** What a phone reaches beyond itself. */
export interface PhoneNetwork {
  readonly directory: Directory;
  readonly companion: Companion;
  readonly delivery: Delivery;
  /** Stores an encrypted file. @returns its path on the media hosts */
  storeFile(file: Buffer): string;
  file(path: string): Buffer | undefined;
  /** Plain-HTTP URL of a stored file. */
  fileUrl(path: string): string;
  owner(): SimulatedPhone;
  /** Unix seconds. */
  now(): number;
}
