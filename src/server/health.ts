/** The health of a part of the daemon. Its keys are those of the answer. */
export interface HealthComponent {
  /** Such as `stream_engine`, `storage`, `state`, `nats` or `dead_letters`, or the name of an input or an AI provider. */
  readonly name: string;
  readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'stopped';
  /** Why the component is not healthy. */
  readonly error?: string;
  /** For the storage: events in memory. */
  readonly memory_events?: number;
  /** For a stalled pipeline: milliseconds since stored events began to wait for it, approximately. */
  readonly lag_ms?: number;
  /** While dead letters are retried: how many have been retried, and the remaining bytes of their files. */
  readonly redriven?: number;
  readonly bytes_left?: number;
}

/** The answer of `GET /health`. */
export interface Health {
  readonly status: 'healthy' | 'degraded';
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly components: readonly HealthComponent[];
}

/** The answer of `GET /readyz`: whether events should be sent here. */
export interface Readiness {
  readonly status: 'ready' | 'not ready';
  /** Why events should not be sent, in words for a person. */
  readonly reasons: readonly string[];
}

export function healthOf(components: readonly HealthComponent[], timestamp: number): Health {
  const isWell = components.every(({ status }) => status === 'healthy');
  return { status: isWell ? 'healthy' : 'degraded', timestamp, components };
}

/** @param reasons why the daemon is not ready; empty: it is ready */
export function readinessOf(reasons: readonly string[]): Readiness {
  return { status: reasons.length === 0 ? 'ready' : 'not ready', reasons };
}
