import type { Json } from 'computo-js';
import type { ScriptPlan } from '../../config/index.js';
import type { StoredOrigin, Tick } from '../../event/index.js';
import type { ScriptContext } from '../stages/script.js';
import type { Codec, StateTable } from './state-table.js';

/** An event as it came into the pipeline. */
export interface Arrival {
  /** Made on first access. */
  readonly origin: StoredOrigin;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** The data as it is in the line. */
  readonly text: string;
}

/** An event on its way through the stages: as it came in, a part of it, or one that was made of several. */
export interface Passing {
  readonly data: Json;
  /** What scripts see as `$inputs/1`; null if no stage reads it. */
  readonly context: Json;
  /** The event that it comes from. */
  readonly arrival: Arrival;
  /** Which part of that event it is, such as `.0`; empty for the whole. */
  readonly part: string;
  /** Its routing key, overriding the pipeline's. */
  readonly key?: string;
}

/** An event that is made of several. */
export interface Made {
  readonly data: Json;
  /** The number of events that it is made of. */
  readonly of: number;
  /** The event whose place it takes: the last of its events, or the one that closed their window. */
  readonly last: Arrival;
  /** Distinguishes it from others that take the same place, like the part of a split event. */
  readonly part?: string;
  /** See {@link Passing.key}. */
  readonly key?: string | undefined;
  /** All events that it is made of, if each gets its own dead letter when this one fails. */
  readonly members?: readonly Arrival[];
}

/** Takes a stage's decisions about its events. */
export interface Flow {
  /** Passes the event on, unchanged or changed. */
  pass(event: Passing): void;
  /**
   * Passes the event on as several.
   *
   * @param parts their data
   * @param alone each part ends by itself: one that fails does not affect the others
   */
  split(event: Passing, parts: readonly Json[], alone?: boolean): void;
  /** Drops the event. */
  filter(): void;
  /** Holds the event, to become part of another. @param count of events; default: one */
  keep(count?: number): void;
  /** Passes on an event made of held ones. */
  make(made: Made): void;
  /** Like {@link make}, for many: each is requested only after the previous ones are finished. */
  makeAll(made: Iterable<Made>): void;
  /** Counts this many held events as merged into something that is not passed on. */
  absorb(count: number): void;
  /** Counts this many entries about earlier events as forgotten because there were too many. */
  forget(count: number): void;
}

/** A compiled stage that takes events one after another and can relate them. */
export interface AcrossStage {
  readonly name: string;
  /** Whether its scripts read `$inputs/1`. */
  readonly needsContext: boolean;
  /** Whether it may ask for an event's original text when the event is finished. */
  readonly keepsArrivals?: true;
  /**
   * Runs its scripts on an event, and changes nothing.
   *
   * @returns what is passed to `take`
   * @throws EventFailure
   */
  prepare(event: Passing): unknown;
  /**
   * Takes an event. If this or a later stage throws, everything that it has `set` is undone.
   *
   * @param prepared from `prepare`; all parts of an event are prepared before the first is taken
   * @throws EventFailure only if it calls neither `keep` nor `make`
   */
  take(event: Passing, prepared: unknown, flow: Flow): void;
  /** Set if the stage needs only the results of its scripts: then only what they read is parsed from a line. */
  readonly lazily?: LazyPreparing | LazyTaking;
  /** Called when an event is finished: forgets what is too old or too much. */
  settle?(flow: Flow): void;
  /** Called with the current time when no event comes: releases what time closes. */
  tick?(tick: Tick, flow: Flow): void;
  /** The timestamp of the first tick that would close anything; undefined: nothing waits for time. */
  nextTick?(): number | undefined;
  /** Called at the end of the input: releases the held events. */
  end?(flow: Flow): void;
}

interface Lazy {
  /** The scripts that `prepare` runs. */
  readonly scripts: readonly ScriptPlan[];
}

/** Makes what `prepare` returns from the results of the scripts. */
export interface LazyPreparing extends Lazy {
  /**
   * @param results of the scripts, in an array that is reused for each event
   * @throws EventFailure
   */
  prepared(results: readonly Json[], arrival: Arrival): unknown;
  /** An event whose one script returns a nonempty list is passed on as the list's elements. */
  readonly goesOnAsElements?: true;
}

/** Prepares and takes an event in one step: it passes no event on, and no event fails once it is prepared, so nothing needs undoing. */
export interface LazyTaking extends Lazy {
  /**
   * @param results of the scripts, in an array that is reused for each event
   * @throws EventFailure before anything has changed
   */
  takeAtOnce(results: readonly Json[], arrival: Arrival, flow: Flow): void;
  /**
   * Takes the events of several lines, of which the scripts do nothing but read a field. It makes nothing of them.
   *
   * @param from the first row to be taken
   * @param to one past the last
   * @param arrivalOf returns the arrival of a row's event; called at most once, with the last row that is taken
   * @returns one past the last row that was taken: the next one must be taken by itself, because it fails or is unusual
   */
  takeRows?(rows: FieldRows, from: number, to: number, arrivalOf: (row: number) => Arrival, flow: Flow): number;
}

/** What the scripts read in each of several lines. */
export interface FieldRows {
  /** Undefined if there is no value. @param script its number */
  value(row: number, script: number): Json | undefined;
  /** The value if it is a number that is written plainly; otherwise NaN. */
  number(row: number, script: number): number;
}

/** What a stage is compiled with. */
export interface AcrossParts {
  /** Returns a table for the stage's state. @param name distinguishes it from the stage's other tables */
  readonly state: <Value>(name: string, codec: Codec<Value>) => StateTable<Value>;
  /** The maximum nesting depth of data that comes in or is kept. */
  readonly depthMax: number;
  /** The context in which its scripts are compiled. */
  readonly scripts: ScriptContext;
}
