import type { CostReport, Dimension } from '../../ai/index.js';

/** A report of costs, with the options that it was requested with. */
export interface CostView {
  readonly report: CostReport;
  readonly by: readonly Dimension[];
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly timeZone: string;
}
