import type { Json } from 'computo-js';
import { parseJson, stringifyJson } from '../../json/index.js';

/** How what a table keeps stands in a checkpoint. */
export interface Codec<Value> {
  readonly toJson: (value: Value) => Json;
  readonly fromJson: (json: Json) => Value;
}

/** For what is JSON itself. */
export const AS_JSON: Codec<Json> = { toJson: (value) => value, fromJson: (json) => json };

/**
 * An entry as it stands in a checkpoint: its place in the order of the table, and its value as JSON text, so that no number loses
 * a digit on its way; null: it is gone.
 */
export type SavedEntry = readonly [key: string, entry: readonly [order: number, value: string] | null];

interface Entry<Value> {
  value: Value;
  /** Entries are older, the lower this is. */
  readonly order: number;
}

/** What is known of the events before, by key. Values are never written into, except between `touch` and the next event. */
export class StateTable<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  #nextOrder = 0;
  /** Keys that were changed since the last checkpoint, where one is kept. */
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

  /** Keys and values, from the oldest entry on. */
  *[Symbol.iterator](): Generator<readonly [string, Value]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  /** Sets a value, which keeps its place among the others. It is undone when the event fails. */
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

  /** As {@link set}, and makes the entry the youngest, once the event is through. */
  renew(key: string, value: Value): void {
    this.set(key, value);
    this.renewals.push(() => {
      const entry = this.#entries.get(key);
      if (entry === undefined) return;
      this.#entries.delete(key);
      this.#entries.set(key, { value: entry.value, order: this.#nextOrder++ });
    });
  }

  /** Sets what no event can undo: for a stage that nothing of the event goes on from. */
  put(key: string, value: Value): void {
    const entry = this.#entries.get(key);
    this.#changed?.add(key);
    if (entry === undefined) this.#entries.set(key, { value, order: this.#nextOrder++ });
    else entry.value = value;
  }

  /** Tells that a value was written into. */
  touch(key: string): void {
    this.#changed?.add(key);
  }

  /** Removes an entry. Only where the event can't fail any more, or between two. */
  delete(key: string): void {
    if (this.#entries.delete(key)) this.#changed?.add(key);
  }

  /** The oldest entry. */
  oldest(): readonly [string, Value] | undefined {
    for (const [key, { value }] of this.#entries) return [key, value];
    return undefined;
  }

  /** Forgets the oldest entries beyond so many. Only between two events. @returns how many */
  limit(max: number): number {
    const before = this.size;
    if (before <= max) return 0;
    for (const key of this.#entries.keys()) {
      if (this.size <= max) break;
      this.delete(key);
    }
    return before - this.size;
  }

  /** From now on changes are kept in mind, for checkpoints. */
  track(): void {
    this.#changed ??= new Set();
  }

  /** What has changed since the last time. */
  takeChanges(): readonly SavedEntry[] {
    const changed = this.#changed;
    if (changed === undefined || changed.size === 0) return [];
    this.#changed = new Set();
    return [...changed].map((key) => {
      const entry = this.#entries.get(key);
      return [key, entry === undefined ? null : [entry.order, stringifyJson(this.codec.toJson(entry.value))]];
    });
  }

  /** Takes over what a checkpoint holds; the table is empty before. */
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

  /** A table of a stage. @param name tells it from the others, in every run */
  table<Value>(name: string, codec: Codec<Value>): StateTable<Value> {
    const table = new StateTable(codec, this.#undoLog, this.#renewals);
    this.#tables.set(name, table as unknown as StateTable<unknown>);
    return table;
  }

  /** An event begins: what was done before stays. */
  begin(): void {
    // Most events change nothing here, and to cut an array costs more than to look.
    if (this.#undoLog.length > 0) this.#undoLog.length = 0;
    if (this.#renewals.length > 0) this.#renewals.length = 0;
  }

  /** The event is through. */
  commit(): void {
    for (const renew of this.#renewals) renew();
  }

  /** The event failed: it leaves no trace. */
  undo(): void {
    for (let undo = this.#undoLog.pop(); undo !== undefined; undo = this.#undoLog.pop()) undo();
  }

  /** From now on changes are kept in mind, for checkpoints. */
  track(): void {
    this.#isTracked = true;
    for (const table of this.#tables.values()) table.track();
  }

  /** By table, what has changed since the last time; undefined: nobody asked for it to be kept in mind. */
  takeChanges(): StateChanges | undefined {
    if (!this.#isTracked) return undefined;
    return [...this.#tables].flatMap(([name, table]) => {
      const entries = table.takeChanges();
      return entries.length === 0 ? [] : [[name, entries] as const];
    });
  }

  /** Takes over what a checkpoint holds; there is nothing in the tables before. */
  restore(saved: StateChanges): void {
    for (const [name, entries] of saved) this.#tables.get(name)?.restore(entries);
  }
}

/** By the name of a table its entries, or what has changed of them. JSON. */
export type StateChanges = readonly (readonly [table: string, entries: readonly SavedEntry[]])[];
