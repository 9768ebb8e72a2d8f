import type { Faults } from '../../loopback/whatsapp/server.ts';
import type { Random } from '../random.ts';

/** Counts are occasions; see the loopback server's `Faults`. */
export interface FaultPlan {
  readonly ackDelayMs: number;
  readonly dropAcks: number;
  readonly dropBeforeAck: number;
  readonly loseMessages: number;
  readonly duplicateDeliveries: number;
  readonly loseReceipts: number;
  readonly reorder: number;
  readonly dropAfterDeliveries: number | undefined;
}

const NO_FAULTS: FaultPlan = {
  ackDelayMs: 0,
  dropAcks: 0,
  dropBeforeAck: 0,
  loseMessages: 0,
  duplicateDeliveries: 0,
  loseReceipts: 0,
  reorder: 0,
  dropAfterDeliveries: undefined,
};

/** What goes wrong on the server's side during one life of the host; nothing in every third. */
export function planFaults(random: Random): FaultPlan {
  const draw = (probability: number, most: number) =>
    random.chance(probability) ? random.integer(1, most) : 0;
  const drawn = {
    ackDelayMs: draw(0.25, 200),
    dropAcks: draw(0.2, 3),
    dropBeforeAck: draw(0.12, 1),
    loseMessages: draw(0.1, 1),
    duplicateDeliveries: draw(0.25, 3),
    loseReceipts: draw(0.25, 3),
    reorder: random.chance(0.1) ? 2 : 0,
    dropAfterDeliveries: draw(0.1, 4) || undefined,
  };
  return random.chance(1 / 3) ? NO_FAULTS : drawn;
}

export function applyFaults(faults: Faults, plan: FaultPlan): void {
  Object.assign(faults, plan);
}

/** Also lets go of what was held back. */
export function clearFaults(faults: Faults): void {
  applyFaults(faults, NO_FAULTS);
}
