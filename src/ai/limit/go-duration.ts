const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h)/gy;

/** Parses a duration as Go and protobuf print it (`12ms`, `6m0s`, `46s`, `1h2m3.5s`), in milliseconds; undefined if the text is not one. */
export function goDurationMs(text: string): number | undefined {
  let sum = 0;
  let end = 0;
  for (const part of text.matchAll(PART)) {
    sum += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? Number.NaN);
    end = part.index + part[0].length;
  }
  return end > 0 && end === text.length ? sum : undefined;
}
