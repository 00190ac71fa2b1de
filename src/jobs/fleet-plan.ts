/** A fleet that the daemon joins, as it is meant. */
export interface FleetPlan {
  readonly name: string;
  /** Undefined: as `nats.url` says. */
  readonly urls: readonly string[] | undefined;
  /** JSON Pointer to what events are ordered by; undefined: nothing. */
  readonly orderBy: string | undefined;
  readonly partitions: number;
  readonly ackWaitMs: number;
  readonly deliveriesMax: number;
  readonly replicas: number;
}
