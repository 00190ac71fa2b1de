import { compareValues, orderedObject, type Json } from 'computo-js';
import type { ScriptPlan } from '../../../config/index.js';
import { isInSeconds, parseMoment } from '../../../config/units/index.js';
import { EventFailure } from '../../failure.js';
import { compileScript } from '../../stages/script.js';
import type { AcrossParts, AcrossStage, Arrival, Flow } from '../across-stage.js';
import { ARRIVAL, lasting } from '../arrival.js';
import { keyText } from '../key-text.js';
import type { Codec } from '../state-table.js';
import { accumulatorKind, type AccumulatorPlan } from './accumulators.js';
import { Windows, type Group, type WindowPlan } from './windows.js';

/** What an aggregate makes. */
export interface AggregateOptions {
  readonly name: string;
  /** What tells groups apart, by the names of the members that hold it. */
  readonly by: readonly { readonly name: string; readonly script: ScriptPlan }[];
  readonly window: WindowPlan;
  /** The time of an event; default: its timestamp. */
  readonly time?: ScriptPlan;
  /** A window stays open for so long after its end, by the newest time. Milliseconds. */
  readonly late: number;
  readonly values: readonly (AccumulatorPlan & { readonly name: string; readonly of?: ScriptPlan })[];
  /** Groups that close together stand in the order of this value, the greatest first; default: in that of their keys. */
  readonly greatestFirst?: string;
  /** Groups that are open at a time. */
  readonly maxKeys: number;
}

interface Prepared {
  /** The text of the keys. */
  readonly key: string;
  /** Of the scripts: the keys, then what the values are made of. */
  readonly results: readonly Json[];
  readonly time: number;
}

/** The last event that was taken. Written into. */
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
  const { name, late, maxKeys, greatestFirst } = plan;
  /** Of the keys, of the values that have one, and of the time. */
  const plans = [
    ...plan.by.map(({ script }) => script),
    ...plan.values.flatMap(({ of }) => of ?? []),
    ...(plan.time ? [plan.time] : []),
  ];
  const scripts = plans.map((script) => compileScript(script, name, context));
  let forgotten = 0;
  /** The latest time of what was taken since the last event was through: windows close when all parts of an event are in. */
  let newest = Number.NEGATIVE_INFINITY;
  const kinds = plan.values.map((value) => accumulatorKind(value, () => void (forgotten += 1)));
  /** For each value the place of what it is made of among the results; −1: it is made of the event. */
  const places = placesOf(plan);
  const windows = new Windows(plan.window, late, kinds, state);
  const lastSeen = state('last', LAST_CODEC);
  const greatest = plan.values.findIndex((value) => value.name === greatestFirst);

  return {
    name,
    needsContext: scripts.some(({ needsContext }) => needsContext),
    prepare: ({ data, context, arrival }) =>
      prepared(
        scripts.map((script) => script.run(data, context)),
        arrival,
      ),
    // The best events are kept whole.
    ...(plan.values.every(({ kind }) => kind !== 'top') && { lazily: { scripts: plans, prepared, takesAll: true } }),
    take({ arrival, data }, asked, flow) {
      const { key, results, time } = asked as Prepared;
      note(arrival);
      const group = windows.groupOf(key, results, plan.by.length, time);
      // Once for each event of the input: no iterator.
      for (let index = 0; index < places.length; index++) {
        const place = places[index] ?? -1;
        group.values[index]?.add(place < 0 ? true : (results[place] ?? null), data);
      }
      group.count += 1;
      newest = Math.max(newest, time);
      flow.keep();
    },
    settle(flow) {
      flow.forget(forgotten);
      forgotten = 0;
      if (newest === Number.NEGATIVE_INFINITY) return;
      const closed = windows.advance(newest);
      newest = Number.NEGATIVE_INFINITY;
      const last = lastSeen.get(LAST);
      if (closed.length > 0 && last !== undefined) close(closed, lasting(last.arrival), flow);
    },
    end(flow) {
      const last = lastSeen.get(LAST);
      if (last !== undefined) close(windows.end(), lasting(last.arrival), flow);
    },
  };

  function note(arrival: Arrival): void {
    const last = lastSeen.get(LAST);
    if (last === undefined) lastSeen.put(LAST, { arrival });
    else {
      last.arrival = arrival;
      lastSeen.touch(LAST);
    }
  }

  /** @param results of the scripts, in their order */
  function prepared(results: readonly Json[], arrival: Arrival): Prepared {
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? -1;
      const problem = place < 0 ? undefined : kinds[index]?.refuses(results[place] ?? null);
      if (problem !== undefined) throw refusal(index, problem);
    }
    const time = plan.time === undefined ? arrival.timestamp : timeOf(results.at(-1) ?? null, plan);
    const key = plan.by.length === 1 ? keyText(results[0] ?? null) : keyText(results.slice(0, plan.by.length));
    const refused = windows.refuses(key, time, maxKeys);
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
    return { key, results, time };
  }

  function refusal(index: number, problem: string): EventFailure {
    const { kind, name: member } = plan.values[index] ?? { kind: '', name: '' };
    return new EventFailure('invalid_argument', `${member}: ${kind} ${problem}`, name);
  }

  function close(groups: readonly Group[], arrival: Arrival, flow: Flow): void {
    if (groups.length === 0) return;
    const sorted = greatest === -1 ? groups : [...groups].sort(byGreatest);
    for (const [index, group] of sorted.entries())
      flow.make({ data: resultOf(group), of: group.count, last: arrival, part: `.${index}` });
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

/** The furthest that a date may be from the epoch, in milliseconds. */
const TIME_MAX = 8.64e15;

/** A time as a script gives it: milliseconds since the epoch, or ISO 8601. @throws EventFailure */
function timeOf(value: Json, { name, window }: AggregateOptions): number {
  const max = TIME_MAX - (window.kind === 'all' ? 0 : window.ms);
  if (typeof value === 'number' && Math.abs(value) <= max && !isInSeconds(String(value))) return value;
  const read = typeof value === 'string' ? parseMoment(value, Number.NaN) : undefined;
  if (read !== undefined && Math.abs(read) <= max) return read;
  const isSeconds = typeof value === 'number' && isInSeconds(String(value));
  const asText = typeof value === 'string' ? ': time.parse with a format reads other texts' : '';
  const hint = isSeconds ? `, and ${value} seems to be in seconds: multiply it by 1000` : asText;
  throw new EventFailure(
    'invalid_argument',
    `time must be milliseconds since the epoch, or a text like 2026-01-02T03:04:05Z${hint}`,
    name,
  );
}
