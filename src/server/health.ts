/** How a part of the daemon is. Its keys are those of the answer. */
export interface HealthComponent {
  readonly name: string;
  readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'stopped';
  /** Why it is not healthy. */
  readonly error?: string;
  /** Of the storage: events that are in memory. */
  readonly memory_events?: number;
}

/** The answer of `GET /health`. */
export interface Health {
  readonly status: 'healthy' | 'degraded';
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly components: readonly HealthComponent[];
}

export function healthOf(components: readonly HealthComponent[], timestamp: number): Health {
  const isWell = components.every(({ status }) => status === 'healthy');
  return { status: isWell ? 'healthy' : 'degraded', timestamp, components };
}
