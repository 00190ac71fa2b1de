import type { Json } from 'computo-js';
import { parseJson, stringifyJson } from '../../json/index.js';

/** Converts a table's values to and from their form in a checkpoint. */
export interface Codec<Value> {
  readonly toJson: (value: Value) => Json;
  readonly fromJson: (json: Json) => Value;
}

/** For values that are JSON themselves. */
export const AS_JSON: Codec<Json> = { toJson: (value) => value, fromJson: (json) => json };

/**
 * An entry in a checkpoint: its order in the table, and its value as JSON text, so that no number loses digits; null: the entry
 * is removed.
 */
export type SavedEntry = readonly [key: string, entry: readonly [order: number, value: string] | null];

interface Entry<Value> {
  value: Value;
  /** The lower, the older the entry. */
  readonly order: number;
}

/** What a stage knows of earlier events, by key. Values must not be mutated, except between `touch` and the next event. */
export class StateTable<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  #nextOrder = 0;
  /** Keys that were changed since the last checkpoint, if changes are tracked. */
  #changed: Set<string> | undefined;

  constructor(
    private readonly codec: Codec<Value>,
    private readonly undoLog: (() => void)[],
    private readonly renewals: (() => void)[],
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Keys and values, oldest entry first. */
  *[Symbol.iterator](): Generator<readonly [string, Value]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  /** Sets a value without changing its order. Undone if the event fails. */
  set(key: string, value: Value): void {
    const entry = this.#entries.get(key);
    this.#changed?.add(key);
    if (entry === undefined) {
      this.#entries.set(key, { value, order: this.#nextOrder++ });
      this.undoLog.push(() => void this.#entries.delete(key));
    } else {
      const before = entry.value;
      entry.value = value;
      this.undoLog.push(() => void (entry.value = before));
    }
  }

  /** Like {@link set}, and makes the entry the youngest once the event is finished. */
  renew(key: string, value: Value): void {
    this.set(key, value);
    this.renewals.push(() => {
      const entry = this.#entries.get(key);
      if (entry === undefined) return;
      this.#entries.delete(key);
      this.#entries.set(key, { value: entry.value, order: this.#nextOrder++ });
    });
  }

  /** Sets a value that is not undone if the event fails, for a stage that passes nothing of the event on. */
  put(key: string, value: Value): void {
    const entry = this.#entries.get(key);
    this.#changed?.add(key);
    if (entry === undefined) this.#entries.set(key, { value, order: this.#nextOrder++ });
    else entry.value = value;
  }

  /** Records that a value was mutated. */
  touch(key: string): void {
    this.#changed?.add(key);
  }

  /** Removes an entry. Call it only when the event can't fail any more, or between two events. */
  delete(key: string): void {
    if (this.#entries.delete(key)) this.#changed?.add(key);
  }

  /** The oldest entry. */
  oldest(): readonly [string, Value] | undefined {
    for (const [key, { value }] of this.#entries) return [key, value];
    return undefined;
  }

  /** Removes the oldest entries until at most `max` are left. Call it only between two events. @returns how many were removed */
  limit(max: number): number {
    const before = this.size;
    if (before <= max) return 0;
    for (const key of this.#entries.keys()) {
      if (this.size <= max) break;
      this.delete(key);
    }
    return before - this.size;
  }

  /** Starts tracking changes for checkpoints. */
  track(): void {
    this.#changed ??= new Set();
  }

  /** Returns the changes since the last call. */
  takeChanges(): readonly SavedEntry[] {
    const changed = this.#changed;
    if (changed === undefined || changed.size === 0) return [];
    this.#changed = new Set();
    return [...changed].map((key) => {
      const entry = this.#entries.get(key);
      return [key, entry === undefined ? null : [entry.order, stringifyJson(this.codec.toJson(entry.value))]];
    });
  }

  /** Restores the entries of a checkpoint. The table must be empty. */
  restore(saved: Iterable<SavedEntry>): void {
    const entries = [...saved].flatMap(([key, entry]) =>
      entry === null ? [] : [{ key, order: entry[0], value: entry[1] }],
    );
    entries.sort((a, b) => a.order - b.order);
    for (const { key, order, value } of entries) {
      this.#entries.set(key, { value: this.codec.fromJson(parseJson(value, Number.POSITIVE_INFINITY)), order });
      this.#nextOrder = order + 1;
    }
  }
}

/** The tables of all stages of a pipeline. */
export class PipelineState {
  #isTracked = false;
  readonly #tables = new Map<string, StateTable<unknown>>();
  readonly #undoLog: (() => void)[] = [];
  readonly #renewals: (() => void)[] = [];

  /** Opens a table of a stage. @param name distinguishes it from others, the same in every run */
  table<Value>(name: string, codec: Codec<Value>): StateTable<Value> {
    const table = new StateTable(codec, this.#undoLog, this.#renewals);
    this.#tables.set(name, table as unknown as StateTable<unknown>);
    return table;
  }

  /** Begins an event: earlier changes can no longer be undone. */
  begin(): void {
    // Most events change nothing here, and truncating an array costs more than checking its length.
    if (this.#undoLog.length > 0) this.#undoLog.length = 0;
    if (this.#renewals.length > 0) this.#renewals.length = 0;
  }

  /** Keeps the changes of a finished event. */
  commit(): void {
    for (const renew of this.#renewals) renew();
  }

  /** Undoes all changes of a failed event. */
  undo(): void {
    for (let undo = this.#undoLog.pop(); undo !== undefined; undo = this.#undoLog.pop()) undo();
  }

  /** Starts tracking changes for checkpoints. */
  track(): void {
    this.#isTracked = true;
    for (const table of this.#tables.values()) table.track();
  }

  /** Returns the changes since the last call, by table; undefined if changes are not tracked. */
  takeChanges(): StateChanges | undefined {
    if (!this.#isTracked) return undefined;
    return [...this.#tables].flatMap(([name, table]) => {
      const entries = table.takeChanges();
      return entries.length === 0 ? [] : [[name, entries] as const];
    });
  }

  /** Restores the state of a checkpoint. The tables must be empty. */
  restore(saved: StateChanges): void {
    for (const [name, entries] of saved) this.#tables.get(name)?.restore(entries);
  }
}

/** The entries of each table, by its name, or their changes. JSON. */
export type StateChanges = readonly (readonly [table: string, entries: readonly SavedEntry[]])[];
