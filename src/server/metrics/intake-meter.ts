import type { MetricFactory } from './prom.js';

export interface IntakeMeter {
  /** An input could not be read or stored, and is tried again. */
  failed(kind: string): void;
  /** Somebody had removed a consumer or a stream from the NATS server, and it was made anew. */
  restored(): void;
}

/** @param kinds of what the daemon reads besides HTTP */
export function intakeMeter(make: MetricFactory, kinds: readonly string[]): IntakeMeter {
  const failures = make.counter('input_failures_total', 'Inputs that could not be read or stored, by their kind.', [
    'kind',
  ]);
  for (const kind of kinds) failures.inc({ kind }, 0);
  const restored = make.counter('nats_restored_total', 'Consumers that were gone from the NATS server, made anew.');
  return {
    failed: (kind) => failures.inc({ kind }),
    restored: () => restored.inc(),
  };
}
