import { fitTrend, lowestByStretch, type Point } from './trend.ts';

/** The first part of a soak in which caches, prepared statements and compiled code are still filling. */
const WARM_UP_SHARE = 0.25;
const STRETCHES = 12;
/** Student's t for 10 degrees of freedom: exceeded by chance in one run of a thousand, one-sided. */
const CRITICAL_T = 4.144;

/** One thing that must not grow: `x` in hours since the start. */
export interface Watched {
  readonly figure: string;
  readonly unit: string;
  readonly points: readonly Point[];
  /** Growth within the soak that is too little to be called a leak, however steady. */
  readonly floor: number;
}

export interface LeakVerdict {
  readonly figure: string;
  readonly unit: string;
  /** Least squares after the warm-up. */
  readonly perHour: number;
  /** The slowest steady growth per hour that would have been called a leak here. */
  readonly visiblePerHour: number;
  readonly isLeak: boolean;
}

/**
 * A leak is what grows when least is going on: the time after the warm-up is cut into twelve stretches, each counts
 * with its least value, and their slope must be above 0 by {@link CRITICAL_T} standard errors and amount to more than
 * the floor. What swings with the work does neither; what grows more slowly than `visiblePerHour` is not seen.
 */
export function judgeLeak({ figure, unit, points, floor }: Watched): LeakVerdict {
  const first = points[0]?.x ?? 0;
  const span = (points.at(-1)?.x ?? 0) - first;
  const warm = points.filter(({ x }) => x >= first + span * WARM_UP_SHARE);
  const { slope, standardError } = fitTrend(lowestByStretch(warm, STRETCHES));
  const hours = span * (1 - WARM_UP_SHARE);
  const visiblePerHour = Math.max(CRITICAL_T * standardError, floor / hours);
  return { figure, unit, perHour: slope, visiblePerHour, isLeak: slope > visiblePerHour };
}
