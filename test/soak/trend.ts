export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A straight line through points, and how sure its slope is. */
export interface Trend {
  readonly slope: number;
  /** Of the slope, 0 when every point lies on the line. */
  readonly standardError: number;
}

/** Least squares. Throws for fewer than three points, or when all have the same x. */
export function fitTrend(points: readonly Point[]): Trend {
  if (points.length < 3) throw new Error(`a trend needs three points, not ${points.length}`);
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spread = sum(points.map(({ x }) => (x - meanX) ** 2));
  if (spread === 0) throw new Error('a trend needs points at different times');
  const slope = sum(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / spread;
  const residuals = points.map(({ x, y }) => (y - meanY - slope * (x - meanX)) ** 2);
  const variance = sum(residuals) / (points.length - 2);
  return { slope, standardError: Math.sqrt(variance / spread) };
}

/**
 * The least value of each of `count` equally long stretches, in the middle of its stretch: what is still held
 * when least is going on. Stretches without a point are left out.
 */
export function lowestByStretch(points: readonly Point[], count: number): Point[] {
  const first = points[0]?.x ?? 0;
  const length = ((points.at(-1)?.x ?? 0) - first) / count;
  return Array.from({ length: count }, (_, index) => {
    const from = first + index * length;
    const isLast = index === count - 1;
    const inside = points.filter(({ x }) => x >= from && (isLast || x < from + length));
    return { x: from + length / 2, y: Math.min(...inside.map(({ y }) => y)) };
  }).filter(({ y }) => Number.isFinite(y));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
