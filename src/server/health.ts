/** How a part of the daemon is. Its keys are those of the answer. */
export interface HealthComponent {
  /** `stream_engine`, `storage`, or an AI provider's. */
  readonly name: string;
  readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'stopped';
  /** Why it is not healthy. */
  readonly error?: string;
  /** Of the storage: events that are in memory. */
  readonly memory_events?: number;
  /** Of a pipeline that is held up: milliseconds since about when stored events wait for it. */
  readonly lag_ms?: number;
  /** Of dead letters that are being re-driven: how many were, and bytes of their files that are left. */
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

/** @param reasons against it; none: ready */
export function readinessOf(reasons: readonly string[]): Readiness {
  return { status: reasons.length === 0 ? 'ready' : 'not ready', reasons };
}
