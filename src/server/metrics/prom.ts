import type * as prom from 'prom-client';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics library; loaded only when there is something to measure. */
export type Prom = typeof prom;

/** Creates a meter's metrics. Every name begins with `colloquium_`. */
export interface MetricFactory {
  readonly counter: <Label extends string>(name: string, help: string, labels?: readonly Label[]) => Counter<Label>;
  readonly gauge: <Label extends string>(name: string, help: string, labels?: readonly Label[]) => Gauge<Label>;
  readonly histogram: <Label extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: readonly Label[],
  ) => Histogram<Label>;
}

export function metricFactory(library: Prom, registry: Registry): MetricFactory {
  const common = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) => ({
    name: `colloquium_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter: (name, help, labels = []) => new library.Counter(common(name, help, labels)),
    gauge: (name, help, labels = []) => new library.Gauge(common(name, help, labels)),
    histogram: (name, help, buckets, labels = []) =>
      new library.Histogram({ ...common(name, help, labels), buckets: [...buckets] }),
  };
}

/** Raises a counter to a total that is counted elsewhere. */
export function countTo(counter: Counter, total: number): void {
  counter.reset();
  counter.inc(total);
}
