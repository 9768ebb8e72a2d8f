import { type CrashPoint, onCrashPoint } from '../../../src/crash-points.ts';
import type { Order } from './host-messages.ts';

type Start = Extract<Order, { type: 'start' }>;

/** A host that comes to no crash point for so long has nothing to do, or waits for an ack that was dropped. */
const QUIET_MS = 1_000;
/** It needs some time until it comes to the first, on a busy machine longer. */
const FIRST_QUIET_MS = 15_000;

export interface CrashTriggerCalls {
  readonly die: () => void;
  readonly onReached: () => void;
  /** The ordered place will hardly be reached any more. Not called twice. */
  readonly onQuiet: () => void;
}

/** Follows the crash points of this process: kills it at the ordered one, or tells how far it has come. */
export function armCrashTrigger(
  { killAt, tellAfter }: Start,
  { die, onReached, onQuiet }: CrashTriggerCalls,
): void {
  const passes = new Map<CrashPoint, number>();
  let total = 0;
  let quiet = setTimeout(onQuiet, FIRST_QUIET_MS);
  onCrashPoint((point) => {
    const pass = (passes.get(point) ?? 0) + 1;
    passes.set(point, pass);
    total += 1;
    if (killAt?.point === point && killAt.pass === pass) die();
    if (total === tellAfter) onReached();
    clearTimeout(quiet);
    quiet = setTimeout(onQuiet, QUIET_MS).unref();
  });
}
