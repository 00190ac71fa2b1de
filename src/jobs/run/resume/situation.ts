import type { Block } from '../../../sources/index.js';
import type { StagePart } from '../../stage-parts.js';
import type { GivenInput } from './given-input.js';
import type { Target } from './targets.js';

/** What is compared with a checkpoint. */
export interface Situation {
  /** The files; for an output that has a file per key, those that the checkpoint knows. */
  readonly targets: readonly Target[];
  /** The outputs that have a file per key. */
  readonly keyed: readonly Target[];
  readonly given: readonly GivenInput[];
  readonly stages: readonly StagePart[];
  readonly lineBytesMax: number;
  /** Whether to continue whatever has changed. */
  readonly isForced: boolean;
  /** Receives the skipped blocks of inputs that can't be read twice. */
  readonly onPassed?: (block: Block) => Promise<void>;
}
