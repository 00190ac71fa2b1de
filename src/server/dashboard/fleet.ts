/** A daemon that shares the work, as it tells of itself. Its keys are those of `GET /fleet`. */
export interface FleetMember {
  readonly host: string;
  readonly pid: number;
  /** Where it listens. */
  readonly url: string;
  /** Milliseconds since the epoch, of its start. */
  readonly since: number;
  readonly pipelines: readonly MemberPipeline[];
}

/** What a member did for a pipeline since its start. */
export interface MemberPipeline {
  readonly name: string;
  readonly state: string;
  readonly input: number;
  readonly output: number;
  readonly dead_lettered: number;
}
