import { compareValues, type Json } from 'computo-js';
import type { Tick } from '../../../event/index.js';
import type { AcrossParts } from '../across-stage.js';
import { StageTime } from '../stage-time.js';
import type { Codec, StateTable } from '../state-table.js';
import type { Accumulator } from './accumulator.js';
import type { AccumulatorKind } from './accumulators.js';
import { MinHeap } from './heap.js';

/** Which events belong together, beside their key. */
export type WindowPlan =
  | { readonly kind: 'all' }
  /** Of this length, in step with the clock. Milliseconds. */
  | { readonly kind: 'every'; readonly ms: number }
  /** As long as no pause between two events of a key is this long. Milliseconds. */
  | { readonly kind: 'session'; readonly ms: number };

/** The events of a key in a window. Written into. */
export interface Group {
  readonly keys: readonly Json[];
  readonly values: readonly Accumulator[];
  /** How many events. */
  count: number;
  /** Milliseconds since the epoch; of a session the time of its first event. */
  start: number;
  /** When it closes; of a session its last event and the pause. */
  end: number;
}

const WEEK_MS = 7 * 24 * 3_600_000;
/** Weeks begin on Monday: the 5th of January 1970. */
const FIRST_MONDAY = 4 * 24 * 3_600_000;

const NO_GROUPS: readonly Group[] = [];

/** The windows that are open, by key. */
export class Windows {
  readonly #groups: StateTable<Group>;
  readonly #time: StageTime;
  /** The groups by their end, or an earlier one: a session may have become longer since. Made when it is first asked for. */
  #closing: MinHeap<string> | undefined;
  /** The sessions of each key, by the names of their groups. Made when it is first asked for. */
  #sessions: Map<string, Set<string>> | undefined;

  constructor(
    private readonly plan: WindowPlan,
    private readonly lateMs: number,
    private readonly kinds: readonly AccumulatorKind[],
    state: AcrossParts['state'],
    /** Whether the time of an event is its timestamp. */
    isTimestamp: boolean,
  ) {
    this.#groups = state('groups', groupCodec(kinds));
    this.#time = new StageTime(state, isTimestamp);
  }

  /**
   * Why there is no window for an event: that is closed, or too many are open.
   *
   * @param key the text of its keys
   * @param time milliseconds since the epoch
   */
  refuses(key: string, time: number, groupsMax: number): 'late' | 'full' | undefined {
    const isLate = this.#isLate(time);
    // Most events pass here, without a look at the groups.
    if (!isLate && this.#groups.size < groupsMax) return undefined;
    if (this.#isOpen(key, time)) return undefined;
    if (isLate) return 'late';
    return this.#due(time - this.lateMs) === undefined ? 'full' : undefined;
  }

  /**
   * Notes the time of an event that was taken.
   *
   * @param seen its timestamp
   * @returns the groups whose windows close by it, in the order of their end, then of their keys
   */
  advance(time: number, seen: number): readonly Group[] {
    if (this.plan.kind === 'all') return NO_GROUPS;
    this.#time.note(time, seen);
    return this.#closeDue();
  }

  /** No event came, and it is so late. @returns the groups whose windows close by it, as {@link advance} does */
  tick(tick: Tick): readonly Group[] {
    this.#time.tick(tick);
    return this.#closeDue();
  }

  /** The timestamp of the tick by which the next window closes; undefined: none is open that closes by time. */
  nextTick(): number | undefined {
    const next = this.#first();
    return next && this.#time.tickAt(next.at + this.lateMs);
  }

  #closeDue(): readonly Group[] {
    const watermark = this.#watermark();
    const closed: Group[] = [];
    for (let name = this.#due(watermark); name !== undefined; name = this.#due(watermark)) {
      const group = this.#groups.get(name);
      if (group !== undefined) closed.push(this.#remove(name, group));
    }
    return closed.length === 0 ? NO_GROUPS : closed.sort(byEnd);
  }

  /**
   * The group that an event belongs to.
   *
   * @param key the text of its keys
   * @param results its keys, and what else its scripts gave behind them
   * @param keyCount how many keys there are
   */
  groupOf(key: string, results: readonly Json[], keyCount: number, time: number): Group {
    const { plan } = this;
    if (plan.kind === 'session') return this.#sessionOf(key, results.slice(0, keyCount), time, plan.ms);
    const name = this.#nameOf(key, time);
    const known = this.#groups.get(name);
    if (known !== undefined) {
      this.#groups.touch(name);
      return known;
    }
    const [start, end] = plan.kind === 'all' ? [0, 0] : [this.#startOf(time), this.#startOf(time) + plan.ms];
    return this.#open(name, results.slice(0, keyCount), start, end);
  }

  /** Closes all. */
  end(): readonly Group[] {
    // There may be a million.
    const groups: Group[] = [];
    for (const [name, group] of this.#groups) groups.push(this.#remove(name, group));
    return groups.sort(byEnd);
  }

  #watermark(): number {
    return this.#time.now - this.lateMs;
  }

  #isLate(time: number): boolean {
    if (this.plan.kind === 'all') return false;
    return this.#startOf(time) + this.plan.ms <= this.#watermark();
  }

  /** Whether an event falls into a window that is open. */
  #isOpen(key: string, time: number): boolean {
    const { plan } = this;
    if (plan.kind === 'session') return this.#sessionsNear(key, time, plan.ms).length > 0;
    return this.#groups.get(this.#nameOf(key, time)) !== undefined;
  }

  /** The group that closes first, where it does so by this watermark. */
  #due(watermark: number): string | undefined {
    return this.#first(watermark)?.item;
  }

  /** The group that closes first, and when; undefined: none does so up to then. */
  #first(until = Number.POSITIVE_INFINITY): { readonly at: number; readonly item: string } | undefined {
    if (this.plan.kind === 'all') return undefined;
    const closing = (this.#closing ??= this.#sorted());
    for (let next = closing.first; next !== undefined && next.at <= until; next = closing.first) {
      const group = this.#groups.get(next.item);
      if (group !== undefined && group.end <= next.at) return next;
      closing.pop();
      // Else it was closed under this name, or became a part of another.
      if (group !== undefined) closing.push(group.end, next.item);
    }
    return undefined;
  }

  #nameOf(key: string, time: number): string {
    return this.plan.kind === 'all' ? key : `${this.#startOf(time)}:${key}`;
  }

  #startOf(time: number): number {
    const { plan } = this;
    if (plan.kind !== 'every') return time;
    const { ms } = plan;
    const offset = ms % WEEK_MS === 0 ? FIRST_MONDAY : 0;
    return Math.floor((time - offset) / ms) * ms + offset;
  }

  #open(name: string, keys: readonly Json[], start: number, end: number): Group {
    const group: Group = { keys, values: this.kinds.map((kind) => kind.open()), count: 0, start, end };
    this.#groups.put(name, group);
    if (this.plan.kind !== 'all') (this.#closing ??= this.#sorted()).push(end, name);
    return group;
  }

  /** The session that an event falls into: a new one, or one or two that are there, which become one. */
  #sessionOf(key: string, keys: readonly Json[], time: number, pause: number): Group {
    const [first, ...others] = this.#sessionsNear(key, time, pause);
    const sessions = (this.#sessions ??= this.#byKey());
    const names = sessions.get(key) ?? new Set();
    sessions.set(key, names);
    if (first === undefined) {
      const name = `${time}:${key}`;
      names.add(name);
      return this.#open(name, keys, time, time + pause);
    }
    for (const { name, group } of others) {
      for (const [index, value] of group.values.entries()) first.group.values[index]?.merge(value);
      first.group.count += group.count;
      first.group.end = Math.max(first.group.end, group.end);
      names.delete(name);
      this.#groups.delete(name);
    }
    first.group.start = Math.min(first.group.start, time);
    first.group.end = Math.max(first.group.end, time + pause);
    this.#groups.touch(first.name);
    return first.group;
  }

  /** The sessions that an event falls into, one or two, in the order of their start. */
  #sessionsNear(key: string, time: number, pause: number): readonly { readonly name: string; readonly group: Group }[] {
    const names = (this.#sessions ??= this.#byKey()).get(key);
    if (names === undefined) return [];
    const near = [...names].flatMap((name) => {
      const group = this.#groups.get(name);
      return group !== undefined && time < group.end && time > group.start - pause ? [{ name, group }] : [];
    });
    return near.sort((a, b) => a.group.start - b.group.start);
  }

  #remove(name: string, group: Group): Group {
    this.#groups.delete(name);
    if (this.plan.kind === 'session') {
      const sessions = (this.#sessions ??= this.#byKey());
      const key = keyOf(name);
      const names = sessions.get(key);
      names?.delete(name);
      if (names?.size === 0) sessions.delete(key);
    }
    return group;
  }

  #sorted(): MinHeap<string> {
    const heap = new MinHeap<string>();
    for (const [name, { end }] of this.#groups) heap.push(end, name);
    return heap;
  }

  #byKey(): Map<string, Set<string>> {
    const sessions = new Map<string, Set<string>>();
    for (const [name] of this.#groups) {
      const key = keyOf(name);
      const names = sessions.get(key) ?? new Set();
      sessions.set(key, names.add(name));
    }
    return sessions;
  }
}

/** The key in the name of a group of a window. */
function keyOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function byEnd(a: Group, b: Group): number {
  return a.end - b.end || compareValues(a.keys, b.keys);
}

function groupCodec(kinds: readonly AccumulatorKind[]): Codec<Group> {
  return {
    toJson: ({ keys, values, count, start, end }) => [keys, values.map((value) => value.save()), count, start, end],
    fromJson(json) {
      const [keys, values, count, start, end] = json as unknown as readonly [Json[], Json[], number, number, number];
      return { keys, values: kinds.map((kind, index) => kind.open(values[index])), count, start, end };
    },
  };
}
