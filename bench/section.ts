import type { Case } from './cases.js';
import type { Contestant } from './contestants/contestant.js';

/** What all measures are given. */
export interface Bench {
  /** The repository, with a slash at its end. */
  readonly root: string;
  /** For data, outputs and rivals: not part of the repository. */
  readonly folder: string;
  readonly cases: readonly Case[];
  readonly events: number;
  /** Runs of each contestant; the median counts. */
  readonly rounds: number;
  readonly contestants: readonly Contestant[];
  readonly say: (text: string) => void;
}

/** A part of the report. */
export interface Section {
  readonly title: string;
  readonly notes: string;
  /** Rows of cells; the first row is the head. */
  readonly table: readonly (readonly string[])[];
}
