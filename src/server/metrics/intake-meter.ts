import type { MetricFactory } from './prom.js';

export interface IntakeMeter {
  /** An input could not be read or stored, and will be retried. */
  failed(kind: string): void;
  /** A consumer or stream was missing on the NATS server and was created again. */
  restored(): void;
}

/** @param kinds of the daemon's inputs other than HTTP */
export function intakeMeter(make: MetricFactory, kinds: readonly string[]): IntakeMeter {
  const failures = make.counter('input_failures_total', 'Failures to read or store an input, by its kind.', ['kind']);
  for (const kind of kinds) failures.inc({ kind }, 0);
  const restored = make.counter(
    'nats_restored_total',
    'Consumers that were missing on the NATS server and were created again.',
  );
  return {
    failed: (kind) => failures.inc({ kind }),
    restored: () => restored.inc(),
  };
}
