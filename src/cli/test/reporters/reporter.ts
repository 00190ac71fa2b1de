import type { CaseResult } from '../../../jobs/test/index.js';

/** Turns results into text for standard output. */
export interface Reporter {
  /** Printed before the first result. */
  readonly head?: string;
  /** Printed when a case ends. */
  result(result: CaseResult): string;
  /** Printed after the last result. */
  end(results: readonly CaseResult[]): string;
}
