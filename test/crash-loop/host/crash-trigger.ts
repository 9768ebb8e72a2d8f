import { type CrashPoint, onCrashPoint } from '../../../src/crash-points.ts';
import type { Order } from './host-messages.ts';

type Start = Extract<Order, { type: 'start' }>;

/** Follows the crash points of this process: kills it at the ordered one, or tells how far it has come. */
export function armCrashTrigger(
  { killAt, tellAfter }: Start,
  die: () => void,
  tell: () => void,
): void {
  const passes = new Map<CrashPoint, number>();
  let total = 0;
  onCrashPoint((point) => {
    const pass = (passes.get(point) ?? 0) + 1;
    passes.set(point, pass);
    total += 1;
    if (killAt?.point === point && killAt.pass === pass) die();
    if (total === tellAfter) tell();
  });
}
