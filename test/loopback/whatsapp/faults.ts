import { element } from './nodes.ts';
import type { Dose, Faults } from './types.ts';

type DoseName =
  | 'dropAcks'
  | 'dropBeforeMessage'
  | 'dropBeforeAck'
  | 'closeAfterAck'
  | 'loseMessages'
  | 'duplicateDeliveries'
  | 'loseReceipts'
  | 'loseRetries';

export interface FaultTargets {
  /** Every open connection, logged in or not. */
  connections(): Iterable<{ drop(): void; end(node: ReturnType<typeof element>): void }>;
  unlink(): void;
  releaseHeld(): void;
  setListening(on: boolean): Promise<void>;
}

/** Implements the switches; the rest of the server asks `take` whether a fault is due. */
export class FaultSwitches implements Faults {
  ackDelayMs = 0;
  dropAcks: Dose = 0;
  dropBeforeMessage: Dose = 0;
  dropBeforeAck: Dose = 0;
  closeAfterAck: Dose = 0;
  loseMessages: Dose = 0;
  ackError: string | undefined;
  duplicateDeliveries: Dose = 0;
  dropAfterDeliveries: number | undefined;
  loseReceipts: Dose = 0;
  loseRetries: Dose = 0;
  failLogins: string | undefined;
  downloadStatus: number | undefined;
  uploadStatus: number | undefined;
  readonly failKeyFetchFor = new Set<string>();
  readonly silentIqs = new Set<string>();
  readonly #targets: FaultTargets;
  #reorder = 0;

  constructor(targets: FaultTargets) {
    this.#targets = targets;
  }

  get reorder(): number {
    return this.#reorder;
  }

  set reorder(count: number) {
    this.#reorder = count;
    if (count === 0) this.#targets.releaseHeld();
  }

  /** Whether this fault hits now; uses up one of a counted dose. */
  take(name: DoseName): boolean {
    const dose = this[name];
    if (typeof dose === 'boolean') return dose;
    if (dose <= 0) return false;
    this[name] = dose - 1;
    return true;
  }

  dropConnections(): void {
    for (const connection of this.#targets.connections()) connection.drop();
  }

  streamError(code: number): void {
    this.#end(element('stream:error', { code: String(code) }));
  }

  conflict(): void {
    this.#end(element('stream:error', {}, [element('conflict', { type: 'replaced' })]));
  }

  logOut(): void {
    this.#targets.unlink();
    this.#end(
      element('stream:error', { code: '401' }, [element('conflict', { type: 'device_removed' })]),
    );
  }

  refuseConnections(on: boolean): Promise<void> {
    return this.#targets.setListening(!on);
  }

  #end(node: ReturnType<typeof element>): void {
    for (const connection of this.#targets.connections()) connection.end(node);
  }
}
