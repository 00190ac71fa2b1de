/** The resolved plan of a fleet that the daemon joins. */
export interface FleetPlan {
  readonly name: string;
  /** Undefined: those of `nats.url`. */
  readonly urls: readonly string[] | undefined;
  /** JSON Pointer to the value by which events are ordered; undefined: they are not ordered. */
  readonly orderBy: string | undefined;
  readonly partitions: number;
  readonly ackWaitMs: number;
  readonly deliveriesMax: number;
  readonly replicas: number;
}
