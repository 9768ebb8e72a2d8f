import type { RateLimits } from '../core/rate-limit.ts';
import type { RequestSettings } from './build-request.ts';

export interface EngineSettings extends RequestSettings {
  readonly historyMessages: number;
  readonly maxConcurrentContainers: number;
  /** Whether groups show what becomes of a question, where their registration does not say. */
  readonly receipts: boolean;
  /** How old a question may be that comes in after a gap, in milliseconds; 0: as old as it likes. */
  readonly mentionFreshMs: number;
  /** What people may ask where a registration does not say; as much as they like when left out. */
  readonly rateLimits?: RateLimits;
}
