import type { Json } from 'computo-js';
import { diffJson, type JsonChange } from '../../json/index.js';

/** An event at its end, or a part of it. */
export interface ResultPart {
  readonly id: string;
  readonly data: Json;
  /** The names of the outputs that take it; none: it is unrouted. */
  readonly outputs: readonly string[];
}

/** What one side makes of an event. */
export type SideResult =
  | {
      readonly kind: 'out';
      /** In their order; none: the event is filtered. */
      readonly parts: readonly ResultPart[];
      /** Read from outputs, in which what was unrouted is as absent as what was filtered. */
      readonly hidesUnrouted?: true;
    }
  /** `reason`: why it failed, if that is known. */
  | { readonly kind: 'failed'; readonly reason?: string }
  /** Read from outputs with lines that are not whole events, any of which may be its result. */
  | { readonly kind: 'unknown' };

export const OUTCOMES = [
  'same',
  'changed',
  'now fails',
  'no longer fails',
  'now filtered',
  'no longer filtered',
  'now unrouted',
  'no longer unrouted',
  'unknown before',
] as const;

/** What has become of an event's result. */
export type DiffOutcome = (typeof OUTCOMES)[number];

/** One event, compared. */
export interface EventDiff {
  readonly id: string;
  /** The pipeline of the new side. */
  readonly pipeline: string;
  readonly outcome: DiffOutcome;
  /** From the old result to the new one, if it is `changed`. */
  readonly changes: readonly JsonChange[];
  /** Where it goes instead, if it is `changed`. */
  readonly routes: readonly RouteChange[];
  /** Why it fails now, or failed before. */
  readonly reason?: string | undefined;
}

/** Other outputs take an event than before. */
export interface RouteChange {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** How many parts of the event that is so for; absent: it is whole. */
  readonly parts?: number;
}

/** All events, summed up. */
export interface DiffSummary {
  readonly counts: Readonly<Record<DiffOutcome, number>>;
  /** How many events other outputs take than before, at least in part; they are among the `changed`. */
  readonly rerouted: number;
  /** In how many events a place changed, the most frequent first. Elements of lists count as one: `/items/*` */
  readonly pointers: readonly { readonly pointer: string; readonly events: number }[];
}

type Compared = Pick<EventDiff, 'outcome' | 'changes' | 'routes' | 'reason'>;

/** Compares what two sides make of one event. */
export function compareResults(before: SideResult, now: SideResult): Compared {
  if (before.kind === 'unknown' || now.kind === 'unknown') return justThat('unknown before');
  if (now.kind === 'failed') {
    return { ...justThat(before.kind === 'failed' ? 'same' : 'now fails'), reason: now.reason };
  }
  if (before.kind === 'failed') return { ...justThat('no longer fails'), reason: before.reason };
  const was = before.parts;
  const is = before.hidesUnrouted === true ? comparableWith(was, now.parts) : now.parts;
  const [ended, ends] = [endOf(was), endOf(is)];
  if (ended !== ends) return justThat(ends !== 'out' ? `now ${ends}` : ended !== 'out' ? `no longer ${ended}` : 'same');
  if (ends !== 'out') return justThat('same');
  const [[one], [other]] = [was, is];
  const isWhole = was.length === 1 && is.length === 1 && one !== undefined && other !== undefined;
  const changes = isWhole ? diffJson(one.data, other.data) : diffJson(dataOf(was), dataOf(is));
  const routes = isWhole ? routeChange(one, other) : routeChanges(was, is);
  return { outcome: changes.length + routes.length === 0 ? 'same' : 'changed', changes, routes };
}

function justThat(outcome: DiffOutcome): Compared {
  return { outcome, changes: [], routes: [] };
}

function endOf(parts: readonly ResultPart[]): 'out' | 'filtered' | 'unrouted' {
  if (parts.length === 0) return 'filtered';
  return parts.every(isUnrouted) ? 'unrouted' : 'out';
}

function isUnrouted({ outputs }: ResultPart): boolean {
  return outputs.length === 0;
}

/** The parts without those that are unrouted and may have been before. */
function comparableWith(was: readonly ResultPart[], is: readonly ResultPart[]): readonly ResultPart[] {
  if (was.length > 0 && is.every(isUnrouted)) return is;
  const known = new Set(was.map(({ id }) => id));
  return is.filter((part) => !isUnrouted(part) || known.has(part.id));
}

function dataOf(parts: readonly ResultPart[]): Json {
  return parts.map(({ data }) => data);
}

function routeChange({ outputs: from }: ResultPart, { outputs: to }: ResultPart): RouteChange[] {
  const isSame = from.length === to.length && from.every((name) => to.includes(name));
  return isSame ? [] : [{ from, to }];
}

/** Of parts that both sides have: each change of routes once. */
function routeChanges(was: readonly ResultPart[], is: readonly ResultPart[]): RouteChange[] {
  const found = new Map<string, Required<RouteChange>>();
  const others = new Map(is.map((part) => [part.id, part]));
  for (const part of was) {
    const other = others.get(part.id);
    const [change] = other === undefined ? [] : routeChange(part, other);
    if (change === undefined) continue;
    const key = JSON.stringify([change.from, change.to]);
    found.set(key, { ...change, parts: (found.get(key)?.parts ?? 0) + 1 });
  }
  return [...found.values()];
}

/** The most different places that are counted; more mean that they are keys of data. */
const POINTERS_MAX = 10_000;
const POINTERS_TOLD = 20;

/** Sums up events as they are compared. */
export class DiffTally {
  readonly #counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<DiffOutcome, number>;
  readonly #pointers = new Map<string, number>();

  #rerouted = 0;

  add({ outcome, changes, routes }: EventDiff): void {
    this.#counts[outcome] += 1;
    if (routes.length > 0) this.#rerouted += 1;
    for (const pointer of new Set(changes.map((change) => change.pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*')))) {
      const events = this.#pointers.get(pointer);
      if (events !== undefined || this.#pointers.size < POINTERS_MAX) this.#pointers.set(pointer, (events ?? 0) + 1);
    }
  }

  summary(): DiffSummary {
    const pointers = [...this.#pointers].map(([pointer, events]) => ({ pointer, events }));
    pointers.sort((a, b) => b.events - a.events || (a.pointer < b.pointer ? -1 : 1));
    return { counts: { ...this.#counts }, rerouted: this.#rerouted, pointers: pointers.slice(0, POINTERS_TOLD) };
  }
}
