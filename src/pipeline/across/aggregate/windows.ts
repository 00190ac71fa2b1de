import { compareValues, type Json } from 'computo-js';
import type { Tick } from '../../../event/index.js';
import type { AcrossParts } from '../across-stage.js';
import { StageTime } from '../stage-time.js';
import type { Codec, StateTable } from '../state-table.js';
import type { Accumulator } from './accumulator.js';
import type { AccumulatorKind } from './accumulators.js';
import { MinHeap } from './heap.js';

/** Which events with the same key belong together. */
export type WindowPlan =
  | { readonly kind: 'all' }
  /** Windows of this length, aligned with the clock. In milliseconds. */
  | { readonly kind: 'every'; readonly ms: number }
  /** A window lasts until no event of the key comes for this long. In milliseconds. */
  | { readonly kind: 'session'; readonly ms: number };

/** The events of a key in a window. Mutable. */
export interface Group {
  readonly keys: readonly Json[];
  readonly values: readonly Accumulator[];
  /** The number of events. */
  count: number;
  /** Milliseconds since the epoch; for a session, the time of its first event. */
  start: number;
  /** When it closes; for a session, the time of its last event plus the pause. */
  end: number;
}

const WEEK_MS = 7 * 24 * 3_600_000;
/** Weeks begin on Monday; the first was January 5, 1970. */
const FIRST_MONDAY = 4 * 24 * 3_600_000;

const NO_GROUPS: readonly Group[] = [];

/** The open windows, by key. */
export class Windows {
  readonly #groups: StateTable<Group>;
  readonly #time: StageTime;
  /** The groups by their end, or an earlier end, because a session may have grown since. Created on first use. */
  #closing: MinHeap<string> | undefined;
  /** The sessions of each key, by the names of their groups. Created on first use. */
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
   * Returns why there is no window for an event: its window is closed, or too many groups are open.
   *
   * @param key the text of its keys
   * @param time milliseconds since the epoch
   */
  rejectionOf(key: string, time: number, groupsMax: number): 'late' | 'full' | undefined {
    const isLate = this.#isLate(time);
    // Most events return here, without looking at the groups.
    if (!isLate && this.#groups.size < groupsMax) return undefined;
    if (this.#isOpen(key, time)) return undefined;
    if (isLate) return 'late';
    return this.#due(time - this.lateMs) === undefined ? 'full' : undefined;
  }

  /**
   * Records the time of an event that was taken.
   *
   * @param seen its timestamp
   * @returns the groups whose windows this closes, sorted by end, then by keys
   */
  advance(time: number, seen: number): readonly Group[] {
    if (this.plan.kind === 'all') return NO_GROUPS;
    this.#time.note(time, seen);
    return this.#closeDue();
  }

  /** Records that time has passed without an event. @returns the groups whose windows this closes, sorted as by {@link advance} */
  tick(tick: Tick): readonly Group[] {
    this.#time.tick(tick);
    return this.#closeDue();
  }

  /** The timestamp of the tick that closes the next window; undefined: no open window closes by time. */
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
   * Returns the group of an event.
   *
   * @param key the text of its keys
   * @param results its keys, followed by the other results of its scripts
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

  /** Closes all windows. */
  end(): readonly Group[] {
    // A loop, because there may be a million groups.
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

  /** Whether an event falls into an open window. */
  #isOpen(key: string, time: number): boolean {
    const { plan } = this;
    if (plan.kind === 'session') return this.#sessionsNear(key, time, plan.ms).length > 0;
    return this.#groups.get(this.#nameOf(key, time)) !== undefined;
  }

  /** The group that closes first, if it closes by this watermark. */
  #due(watermark: number): string | undefined {
    return this.#first(watermark)?.item;
  }

  /** The group that closes first, and when; undefined: none closes until then. */
  #first(until = Number.POSITIVE_INFINITY): { readonly at: number; readonly item: string } | undefined {
    if (this.plan.kind === 'all') return undefined;
    const closing = (this.#closing ??= this.#sorted());
    for (let next = closing.first; next !== undefined && next.at <= until; next = closing.first) {
      const group = this.#groups.get(next.item);
      if (group !== undefined && group.end <= next.at) return next;
      closing.pop();
      // If there is no such group, it was closed under this name, or merged into another.
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

  /** Returns the session of an event: a new one, or the one or two existing ones that it falls into, which become one. */
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

  /** The one or two sessions that an event falls into, sorted by start. */
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

/** The key in the name of a window's group. */
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
