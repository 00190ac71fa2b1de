/**
 * Counts how often each fingerprint came, so that equal requests of one input are told apart, and alike in every run.
 * Holds one small entry for each different request of the run.
 */
export interface Occurrences {
  /** How many of this fingerprint came before this one. */
  next(stage: string, fingerprint: string): number;
}

export function occurrences(): Occurrences {
  const seen = new Map<string, number>();
  return {
    next(stage, fingerprint) {
      const key = `${stage}\n${fingerprint}`;
      const before = seen.get(key) ?? 0;
      seen.set(key, before + 1);
      return before;
    },
  };
}
