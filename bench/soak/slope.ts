/** A measurement at a moment. */
export interface Reading {
  readonly seconds: number;
  readonly bytes: number;
}

/** How fast a size grows, by least squares over all readings: bytes a second; 0 where there are too few. */
export function slopeOf(readings: readonly Reading[]): number {
  const mean = (of: (one: Reading) => number): number =>
    readings.reduce((sum, one) => sum + of(one), 0) / readings.length;
  const middle = { seconds: mean(({ seconds }) => seconds), bytes: mean(({ bytes }) => bytes) };
  let above = 0;
  let below = 0;
  for (const { seconds, bytes } of readings) {
    above += (seconds - middle.seconds) * (bytes - middle.bytes);
    below += (seconds - middle.seconds) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
