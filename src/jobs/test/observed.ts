import type { Json } from 'computo-js';
import type { BreakerState } from '../../ai/breaker/index.js';
import type { BlockRunResult } from '../../pipeline/index.js';
import type { Problem } from './result.js';

/** A finished event. */
export interface FinishedEvent {
  readonly id: string;
  readonly data: Json;
  /** What scripts see as `$inputs/1`. */
  readonly context: Json;
}

/** What happened in a case. */
export interface Observed {
  readonly result: BlockRunResult;
  /** All finished events, in order. */
  readonly events: readonly FinishedEvent[];
  /** The events that each output takes, by its name; none: the config names no outputs. */
  readonly outputs: ReadonlyMap<string, readonly FinishedEvent[]>;
  readonly deadLetters: readonly Json[];
  readonly calls: number;
  readonly attempts: number;
  /** Nano-dollars: known costs, and the worst case of unknown ones. */
  readonly spent: bigint;
  /** Attempts whose cost nobody can tell: their models have no price. */
  readonly unpriced: number;
  readonly breakers: ReadonlyMap<string, BreakerState['kind']>;
  /** What its stand-ins could not do. */
  readonly problems: readonly Problem[];
}
