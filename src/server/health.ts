/** The health of a part of the daemon. Its keys are those of the answer. */
export interface HealthComponent {
  /** `stream_engine`, `storage`, or an AI provider's name. */
  readonly name: string;
  readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'stopped';
  /** Why it is not healthy. */
  readonly error?: string;
  /** Of the storage: events in memory. */
  readonly memory_events?: number;
  /** Of a stalled pipeline: milliseconds since stored events began to wait for it, approximately. */
  readonly lag_ms?: number;
  /** While dead letters are retried: how many were, and the bytes of their files that are left. */
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
  /** Why not, for a person. */
  readonly reasons: readonly string[];
}

export function healthOf(components: readonly HealthComponent[], timestamp: number): Health {
  const isWell = components.every(({ status }) => status === 'healthy');
  return { status: isWell ? 'healthy' : 'degraded', timestamp, components };
}

/** @param reasons why not; none: ready */
export function readinessOf(reasons: readonly string[]): Readiness {
  return { status: reasons.length === 0 ? 'ready' : 'not ready', reasons };
}
