/** What a run may use. A run that needs more ends with `LimitExceeded`. */
export interface Limits {
  /**
   * Operator calls. Each call of a lambda counts all calls in its body, including those in branches not taken, so that counting
   * costs nothing.
   */
  readonly steps: number;
  /** Nesting depth of running lambdas: how deep a script may recurse. */
  readonly depth: number;
  /**
   * Units that one run may build, and that its result may have when written out. An element, a member and a character count as
   * one unit each.
   */
  readonly outputSize: number;
}

export const DEFAULT_LIMITS: Limits = { steps: 50_000_000, depth: 10_000, outputSize: 64 * 1024 * 1024 };
