/** Maps values to lengths of the picture. */
export interface Scale {
  readonly ticks: readonly number[];
  place(value: number): number;
}

/** From 0 to a round number at or above `most`, over `length` from `origin`; a negative length goes upwards. */
export function createScale(
  most: number,
  { origin, length, tickCount }: { origin: number; length: number; tickCount: number },
): Scale {
  const step = roundUp((most > 0 ? most : 1) / tickCount);
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  const end = step * count;
  const ticks = Array.from({ length: count + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
  return { ticks, place: (value) => origin + (Math.min(value, end) / end) * length };
}

/** The next of 1, 2 and 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= value - 1e-12) ?? 10;
  return factor * power;
}
