/** What a run may use. A run that needs more ends with `LimitExceeded`. */
export interface Limits {
  /**
   * Operator calls. A lambda's body counts with all its calls each time it is called, whether its branches take them or
   * not; that is what makes counting free.
   */
  readonly steps: number;
  /** Lambdas running inside one another: how deep a script may recurse. */
  readonly depth: number;
  /**
   * Units that one run may build, and that its result may have when written out: an element, a member and a character
   * count one each.
   */
  readonly outputSize: number;
}

export const DEFAULT_LIMITS: Limits = { steps: 50_000_000, depth: 10_000, outputSize: 64 * 1024 * 1024 };
