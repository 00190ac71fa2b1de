import { compareValues, orderedObject, type Json } from 'computo-js';
import type { ScriptPlan } from '../../../config/index.js';
import { EventFailure } from '../../failure.js';
import { compileScript } from '../../stages/script.js';
import type { AcrossParts, AcrossStage, Arrival, FieldRows, Flow, Made } from '../across-stage.js';
import { ARRIVAL, lasting } from '../arrival.js';
import { timeOf, type TimePlan } from '../event-time.js';
import { keyText } from '../key-text.js';
import type { Codec } from '../state-table.js';
import { accumulatorKind, type AccumulatorPlan } from './accumulators.js';
import { Windows, type Group, type WindowPlan } from './windows.js';

/** The settings of an aggregate. */
export interface AggregateOptions {
  readonly name: string;
  /** The keys of groups, with the names of the members that hold them. */
  readonly by: readonly { readonly name: string; readonly script: ScriptPlan }[];
  readonly window: WindowPlan;
  /** The time of an event; default: its timestamp. */
  readonly time?: TimePlan;
  /** How long a window stays open after its end, by the newest time. In milliseconds. */
  readonly late: number;
  readonly values: readonly (AccumulatorPlan & { readonly name: string; readonly of?: ScriptPlan })[];
  /** Groups that close together are sorted by this value, greatest first. Default: by their keys. */
  readonly greatestFirst?: string;
  /** The maximum number of groups per window that are passed on. */
  readonly limit?: number;
  /** The maximum number of open groups. */
  readonly maxKeys: number;
}

interface Prepared {
  /** The keys as text. */
  readonly key: string;
  /** The results of the scripts: the keys, then the inputs of the values. */
  readonly results: readonly Json[];
  readonly time: number;
}

/** The last event that was taken. Mutable. */
interface Last {
  arrival: Arrival;
}

const LAST_CODEC: Codec<Last> = {
  toJson: ({ arrival }) => ARRIVAL.toJson(arrival),
  fromJson: (json) => ({ arrival: ARRIVAL.fromJson(json) }),
};

const LAST = '';

/** @throws ComputoError when a script can't be compiled */
export function compileAggregate(plan: AggregateOptions, { state, scripts: context }: AcrossParts): AcrossStage {
  const { name, late, maxKeys, greatestFirst, limit = Number.POSITIVE_INFINITY } = plan;
  const keyCount = plan.by.length;
  /** The scripts of the keys, of the values that have one, and of the time. */
  const plans = [
    ...plan.by.map(({ script }) => script),
    ...plan.values.flatMap(({ of }) => of ?? []),
    ...(plan.time ? [plan.time.script] : []),
  ];
  const scripts = plans.map((script) => compileScript(script, name, context));
  /** The keys of a row. */
  const keys: Json[] = plan.by.map(() => null);
  let forgotten = 0;
  /** The latest time of the parts of the current event: windows close once all parts are in. */
  let newest = Number.NEGATIVE_INFINITY;
  /** The timestamp of the current event. */
  let seen = 0;
  const kinds = plan.values.map((value) => accumulatorKind(value, () => void (forgotten += 1)));
  /** For each value, the index of its input among the results; −1: the event itself. */
  const places = placesOf(plan);
  const windows = new Windows(plan.window, late, kinds, state, plan.time === undefined);
  const lastSeen = state('last', LAST_CODEC);
  /** Its only entry, once an event has come. */
  let latest: ReturnType<typeof lastSeen.get>;
  /** Whether all events are in one window, whatever their time. */
  const isTimeless = plan.window.kind === 'all';
  const room = plan.window.kind === 'all' ? 0 : plan.window.ms;
  const greatest = plan.values.findIndex((value) => value.name === greatestFirst);

  return {
    name,
    needsContext: scripts.some(({ needsContext }) => needsContext),
    prepare({ data, context, arrival }): Prepared {
      const results = scripts.map((script) => script.run(data, context));
      const time = timeIn(results, arrival);
      const key = keyIn(results);
      refuse(key, results, time);
      return { key, results, time };
    },
    // `top` keeps whole events, so it needs their data.
    ...(plan.values.every(({ kind }) => kind !== 'top') && {
      lazily: { scripts: plans, takeAtOnce, ...(isTimeless && { takeRows }) },
    }),
    take({ arrival, data }, prepared, flow) {
      const { key, results, time } = prepared as Prepared;
      add(key, results, time, data);
      note(arrival);
      flow.keep();
    },
    settle(flow) {
      flow.forget(forgotten);
      forgotten = 0;
      if (newest === Number.NEGATIVE_INFINITY) return;
      const closed = windows.advance(newest, seen);
      newest = Number.NEGATIVE_INFINITY;
      close(closed, '', flow);
    },
    tick(tick, flow) {
      const { id, timestamp } = tick;
      const closed = windows.tick(tick);
      const last = lastSeen.get(LAST);
      if (closed.length === 0 || last === undefined) return;
      // The tick takes the place of the last event, whose id may already be used for what that event closed.
      note({ ...last.arrival, timestamp, origin: { ...last.arrival.origin, id, timestamp } });
      close(closed, '', flow);
    },
    nextTick: () => windows.nextTick(),
    end: (flow) => close(windows.end(), '.end', flow),
  };

  function takeAtOnce(results: readonly Json[], arrival: Arrival, flow: Flow): void {
    const time = timeIn(results, arrival);
    const key = keyIn(results);
    refuse(key, results, time);
    add(key, results, time, null);
    note(arrival);
    flow.keep();
  }

  function takeRows(
    rows: FieldRows,
    from: number,
    to: number,
    arrivalOf: (row: number) => Arrival,
    flow: Flow,
  ): number {
    let row = from;
    while (row < to && takeRow(rows, row)) row += 1;
    if (row > from) {
      note(arrivalOf(row - 1));
      flow.keep(row - from);
    }
    return row;
  }

  /** Adds the event of a row, unless it fails or one of its fields is missing. */
  function takeRow(rows: FieldRows, row: number): boolean {
    for (let index = 0; index < keyCount; index++) {
      const value = rows.value(row, index);
      if (value === undefined) return false;
      keys[index] = value;
    }
    const key = keyIn(keys);
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? -1;
      if (place < 0 || !Number.isNaN(rows.number(row, place))) continue;
      const value = rows.value(row, place);
      if (value === undefined || kinds[index]?.problemWith(value) !== undefined) return false;
    }
    if (windows.rejectionOf(key, 0, maxKeys) !== undefined) return false;
    const group = windows.groupOf(key, keys, keyCount, 0);
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? -1;
      const number = place < 0 ? Number.NaN : rows.number(row, place);
      if (!Number.isNaN(number)) group.values[index]?.add(number, null);
      else group.values[index]?.add(place < 0 ? true : (rows.value(row, place) ?? null), null);
    }
    group.count += 1;
    return true;
  }

  function add(key: string, results: readonly Json[], time: number, data: Json): void {
    const group = windows.groupOf(key, results, keyCount, time);
    // Runs once per input event, so no iterator.
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? -1;
      group.values[index]?.add(place < 0 ? true : (results[place] ?? null), data);
    }
    group.count += 1;
    if (!isTimeless && time > newest) newest = time;
  }

  function note(arrival: Arrival): void {
    if (!isTimeless) seen = arrival.timestamp;
    latest ??= lastSeen.get(LAST);
    if (latest === undefined) lastSeen.put(LAST, (latest = { arrival }));
    else {
      latest.arrival = arrival;
      lastSeen.touch(LAST);
    }
  }

  function timeIn(results: readonly Json[], arrival: Arrival): number {
    if (plan.time === undefined) return isTimeless ? 0 : arrival.timestamp;
    return timeOf(results.at(-1) ?? null, plan.time, name, arrival.timestamp, room);
  }

  function keyIn(results: readonly Json[]): string {
    return keyCount === 1 ? keyText(results[0] ?? null) : keyText(results.slice(0, keyCount));
  }

  /** @throws EventFailure when the event, or one of its values, can't be taken */
  function refuse(key: string, results: readonly Json[], time: number): void {
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? -1;
      const problem = place < 0 ? undefined : kinds[index]?.problemWith(results[place] ?? null);
      if (problem !== undefined) throw refusal(index, problem);
    }
    const refused = windows.rejectionOf(key, time, maxKeys);
    if (refused === 'late') {
      const message = `the window of ${isoOf(time)} is closed: a later event came more than the allowed time before (late)`;
      throw new EventFailure('too_late', message, name);
    }
    if (refused === 'full') {
      throw new EventFailure(
        'limit_exceeded',
        `${maxKeys} groups are open: raise max_keys, or close them earlier`,
        name,
      );
    }
  }

  function refusal(index: number, problem: string): EventFailure {
    const { kind, name: member } = plan.values[index] ?? { kind: '', name: '' };
    return new EventFailure('invalid_argument', `${member}: ${kind} ${problem}`, name);
  }

  /** @param part distinguishes what the end of the input closes from what the last event closed */
  function close(groups: readonly Group[], part: '' | '.end', flow: Flow): void {
    const last = lastSeen.get(LAST);
    if (groups.length === 0 || last === undefined) return;
    flow.makeAll(madeOf(groups, lasting(last.arrival), part, flow));
  }

  function* madeOf(groups: readonly Group[], last: Arrival, part: string, flow: Flow): Generator<Made> {
    const sorted = greatest === -1 ? groups : [...groups].sort(byGreatest);
    let rank = 0;
    for (const [index, group] of sorted.entries()) {
      rank = sorted[index - 1]?.end === group.end ? rank + 1 : 0;
      if (rank < limit) yield { data: resultOf(group), of: group.count, last, part: `${part}.${index}` };
      else flow.absorb(group.count);
    }
  }

  function byGreatest(a: Group, b: Group): number {
    const [valueA, valueB] = [a.values[greatest]?.result() ?? null, b.values[greatest]?.result() ?? null];
    return a.end - b.end || compareValues(valueB, valueA) || compareValues(a.keys, b.keys);
  }

  function resultOf({ keys, start, end, values }: Group): Json {
    const window: (readonly [string, Json])[] =
      plan.window.kind === 'all'
        ? []
        : [
            ['start', isoOf(start)],
            ['end', isoOf(end)],
          ];
    return orderedObject([
      ...plan.by.map((one, index) => [one.name, keys[index] ?? null] as const),
      ...window,
      ...plan.values.map((one, index) => [one.name, values[index]?.result() ?? null] as const),
    ]);
  }
}

function placesOf({ by, values }: AggregateOptions): readonly number[] {
  let next = by.length;
  return values.map(({ of }) => (of === undefined ? -1 : next++));
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
