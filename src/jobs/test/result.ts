import type { JsonChange } from '../../json/index.js';

/** What is wrong with a case: a sentence, and where two values differ. */
export interface Problem {
  readonly message: string;
  /** From what is expected to what is there. */
  readonly changes?: readonly JsonChange[];
}

export interface CaseResult {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly line?: number | undefined;
  /** `skipped`: it asks providers, and nothing is sent. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  readonly problems: readonly Problem[];
  /** Whether its golden file was written. */
  readonly updated: boolean;
  readonly seconds: number;
  /** Of calls that were sent, in nano-dollars. */
  readonly spent: bigint;
}

/** A case that the run did not wait for. */
export interface InterruptedCase extends Omit<CaseResult, 'outcome'> {
  readonly outcome: 'interrupted';
}
