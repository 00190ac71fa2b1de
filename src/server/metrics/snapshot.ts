import type { Registry } from 'prom-client';

/** One number of the metrics page: `name{labels} value`. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All numbers of the metrics page at one moment. */
export type Snapshot = readonly MetricSample[];

/** Reads everything that a registry holds. */
export async function readSnapshot(registry: Registry): Promise<Snapshot> {
  const families = await registry.getMetricsAsJSON();
  return families.flatMap(({ name, values }) =>
    values.map((sample) => ({
      // A histogram's samples have names of their own.
      name: 'metricName' in sample && typeof sample.metricName === 'string' ? sample.metricName : name,
      labels: Object.fromEntries(Object.entries(sample.labels).map(([label, value]) => [label, String(value)])),
      value: sample.value,
    })),
  );
}

/** The samples of a name that have at least these labels. */
export function samplesOf(
  snapshot: Snapshot,
  name: string,
  labels: Readonly<Record<string, string | readonly string[]>> = {},
): Snapshot {
  const wanted = Object.entries(labels);
  return snapshot.filter(
    (sample) =>
      sample.name === name && wanted.every(([label, values]) => [values].flat().includes(sample.labels[label] ?? '')),
  );
}

/** Returns the sum of the samples; 0 if there are none. */
export function sumOf(
  snapshot: Snapshot,
  name: string,
  labels: Readonly<Record<string, string | readonly string[]>> = {},
): number {
  return samplesOf(snapshot, name, labels).reduce((sum, { value }) => sum + value, 0);
}
