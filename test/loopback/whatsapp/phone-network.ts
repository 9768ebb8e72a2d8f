import type { Companion } from './companion.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import type { SimulatedPhone } from './phone.ts';

/** What a phone reaches beyond itself. */
export interface PhoneNetwork {
  readonly directory: Directory;
  readonly companion: Companion;
  readonly delivery: Delivery;
  owner(): SimulatedPhone;
  /** Unix seconds. */
  now(): number;
}
