/** A daemon that shares the work, as it describes itself. Its keys are those of `GET /fleet`. */
export interface FleetMember {
  readonly host: string;
  readonly pid: number;
  /** The address that it listens on. */
  readonly url: string;
  /** When it started, milliseconds since the epoch. */
  readonly since: number;
  readonly pipelines: readonly MemberPipeline[];
}

/** What a member has done for a pipeline since it started. */
export interface MemberPipeline {
  readonly name: string;
  readonly state: string;
  readonly input: number;
  readonly output: number;
  readonly dead_lettered: number;
}
