import type { Json } from 'computo-js';
import { diffJson, type JsonChange } from '../../json/index.js';

/** What one side makes of an event. */
export type SideResult =
  /** The data that comes out; none: it is filtered. */
  | { readonly kind: 'out'; readonly data: readonly Json[] }
  /** `reason`: why it failed, if that is known. */
  | { readonly kind: 'failed'; readonly reason?: string };

export const OUTCOMES = [
  'same',
  'changed',
  'now fails',
  'no longer fails',
  'now filtered',
  'no longer filtered',
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
  /** Why it fails now, or failed before. */
  readonly reason?: string | undefined;
}

/** All events, summed up. */
export interface DiffSummary {
  readonly counts: Readonly<Record<DiffOutcome, number>>;
  /** In how many events a place changed, the most frequent first. Elements of lists count as one: `/items/*` */
  readonly pointers: readonly { readonly pointer: string; readonly events: number }[];
}

/** Compares what two sides make of one event. */
export function compareResults(before: SideResult, now: SideResult): Pick<EventDiff, 'outcome' | 'changes' | 'reason'> {
  if (now.kind === 'failed') {
    return { outcome: before.kind === 'failed' ? 'same' : 'now fails', changes: [], reason: now.reason };
  }
  if (before.kind === 'failed') return { outcome: 'no longer fails', changes: [], reason: before.reason };
  const [was, is] = [before.data, now.data];
  if (was.length === 0 || is.length === 0) {
    if (was.length === is.length) return { outcome: 'same', changes: [] };
    return { outcome: is.length === 0 ? 'now filtered' : 'no longer filtered', changes: [] };
  }
  const isOne = was.length === 1 && is.length === 1;
  const changes = isOne ? diffJson(was[0] ?? null, is[0] ?? null) : diffJson([...was], [...is]);
  return { outcome: changes.length === 0 ? 'same' : 'changed', changes };
}

/** The most different places that are counted; more mean that they are keys of data. */
const POINTERS_MAX = 10_000;
const POINTERS_TOLD = 20;

/** Sums up events as they are compared. */
export class DiffTally {
  readonly #counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<DiffOutcome, number>;
  readonly #pointers = new Map<string, number>();

  add({ outcome, changes }: EventDiff): void {
    this.#counts[outcome] += 1;
    for (const pointer of new Set(changes.map((change) => change.pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*')))) {
      const events = this.#pointers.get(pointer);
      if (events !== undefined || this.#pointers.size < POINTERS_MAX) this.#pointers.set(pointer, (events ?? 0) + 1);
    }
  }

  summary(): DiffSummary {
    const pointers = [...this.#pointers].map(([pointer, events]) => ({ pointer, events }));
    pointers.sort((a, b) => b.events - a.events || (a.pointer < b.pointer ? -1 : 1));
    return { counts: { ...this.#counts }, pointers: pointers.slice(0, POINTERS_TOLD) };
  }
}
