/** Milliseconds, rounded to hundredths. */
export interface Distribution {
  readonly p50: number;
  readonly p99: number;
}

export function describeDistribution(valuesMs: readonly number[]): Distribution {
  return {
    p50: roundHundredths(percentile(valuesMs, 0.5)),
    p99: roundHundredths(percentile(valuesMs, 0.99)),
  };
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function roundHundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** By nearest rank: always one of the values. NaN when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
