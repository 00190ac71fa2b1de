import type { MetricFactory } from './prom.js';

/** The daemon's inputs other than HTTP. */
const KINDS = ['stdin', 'folder', 'nats'] as const;

export interface IntakeMeter {
  /** An input could not be read or stored and is retried. */
  failed(kind: (typeof KINDS)[number]): void;
  /** A consumer or stream was missing on the NATS server and was created again. */
  restored(): void;
}

export function intakeMeter(make: MetricFactory): IntakeMeter {
  const failures = make.counter('input_failures_total', 'Failures to read or store an input, by its kind.', ['kind']);
  for (const kind of KINDS) failures.inc({ kind }, 0);
  const restored = make.counter(
    'nats_restored_total',
    'Consumers that were missing on the NATS server and were created again.',
  );
  return {
    failed: (kind) => failures.inc({ kind }),
    restored: () => restored.inc(),
  };
}
