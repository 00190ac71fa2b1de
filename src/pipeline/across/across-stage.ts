import type { Json } from 'computo-js';
import type { ScriptPlan } from '../../config/index.js';
import type { StoredOrigin, Tick } from '../../event/index.js';
import type { ScriptContext } from '../stages/script.js';
import type { Codec, StateTable } from './state-table.js';

/** An event as it came into the pipeline. */
export interface Arrival {
  /** Made when somebody asks for it. */
  readonly origin: StoredOrigin;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Its data, as it stood in the line. */
  readonly text: string;
}

/** An event on its way: as it came in, a part of it, or one that was made of several. */
export interface Passing {
  readonly data: Json;
  /** What scripts see as `$inputs/1`; null where no stage looks at it. */
  readonly context: Json;
  /** What it comes from. */
  readonly arrival: Arrival;
  /** Which part it is, such as `.0`; empty for the whole. */
  readonly part: string;
  /** Its routing key, whatever the pipeline says. */
  readonly key?: string;
}

/** An event that is made of several. */
export interface Made {
  readonly data: Json;
  /** How many. */
  readonly of: number;
  /** Whose place it takes: the last of them, or the one that has closed their window. */
  readonly last: Arrival;
  /** Tells it from others that take the same place, as the part of an event is told from the others. */
  readonly part?: string;
  /** See {@link Passing.key}. */
  readonly key?: string | undefined;
  /** All of them, where each gets a dead letter of its own when this one fails. */
  readonly members?: readonly Arrival[];
}

/** Where a stage sends its events. */
export interface Flow {
  /** The event goes on, as it is or changed. */
  pass(event: Passing): void;
  /**
   * The event goes on as several.
   *
   * @param parts their data
   * @param alone each comes to its end by itself: one that fails leaves the others
   */
  split(event: Passing, parts: readonly Json[], alone?: boolean): void;
  /** The event ends here. */
  filter(): void;
  /** The event is kept, to become a part of another. */
  keep(): void;
  /** Events that were kept go on as one. */
  make(made: Made): void;
  /** The same for many: each is asked for when those before it are through. */
  makeAll(made: Iterable<Made>): void;
  /** So many events that were kept went into what does not go on. */
  absorb(count: number): void;
  /** So much of what was known of events before had to be forgotten, because there is too much of it. */
  forget(count: number): void;
}

/** A compiled stage that looks at events one after the other. */
export interface AcrossStage {
  readonly name: string;
  /** Whether its scripts look at `$inputs/1`. */
  readonly needsContext: boolean;
  /** Whether it may ask for the text of an event as it came in when the event is through. */
  readonly keepsArrivals?: true;
  /**
   * Asks its scripts about an event, and changes nothing.
   *
   * @returns what `take` is given
   * @throws EventFailure
   */
  prepare(event: Passing): unknown;
  /**
   * Takes an event. When this throws, or a later stage does, all that it has `set` is undone.
   *
   * @param prepared by `prepare`; the parts of an event are all prepared before the first is taken
   * @throws EventFailure only where it calls neither `keep` nor `make`
   */
  take(event: Passing, prepared: unknown, flow: Flow): void;
  /** How it works where nothing but what its scripts give is looked at of an event's data: then only what they ask for is read of a line. */
  readonly lazily?: LazyPreparing | LazyTaking;
  /** Called when an event is through: forgets what is too old or too much. */
  settle?(flow: Flow): void;
  /** No event came, and it is so late: what time closes goes on. */
  tick?(tick: Tick, flow: Flow): void;
  /** The timestamp of the first tick that would close anything; undefined: nothing waits for time. */
  nextTick?(): number | undefined;
  /** The input is at its end: what is kept goes on. */
  end?(flow: Flow): void;
}

interface Lazy {
  /** Those that `prepare` asks. */
  readonly scripts: readonly ScriptPlan[];
}

/** It makes of the results of its scripts what `prepare` gives. */
export interface LazyPreparing extends Lazy {
  /**
   * @param results of the scripts, in an array that is written anew for each event
   * @throws EventFailure
   */
  prepared(results: readonly Json[], arrival: Arrival): unknown;
  /** An event whose one script gives a list that is not empty goes on as its elements. */
  readonly goesOnAsElements?: true;
}

/** It prepares an event and takes it in one step: none goes on, and none fails once it is prepared, so that there is nothing to undo. */
export interface LazyTaking extends Lazy {
  /**
   * @param results of the scripts, in an array that is written anew for each event
   * @throws EventFailure: then nothing has happened
   */
  takeAtOnce(results: readonly Json[], arrival: Arrival, flow: Flow): void;
}

/** What a stage is compiled with. */
export interface AcrossParts {
  /** A table where it keeps what it knows. @param name tells it from the stage's others */
  readonly state: <Value>(name: string, codec: Codec<Value>) => StateTable<Value>;
  /** So deep may what comes in be nested, and what is kept. */
  readonly depthMax: number;
  /** What its scripts are compiled with. */
  readonly scripts: ScriptContext;
}
