import type { BatchesLook } from '../batches.js';
import type { FleetMember } from '../fleet.js';
import type { HistoryPoint } from '../history-point.js';

/** A number of the metrics page. */
type Sample = readonly [name: string, labels: Readonly<Record<string, string>>, value: number];

/** The data that the daemon sends once a second. */
export interface FeedFrame {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The viewer's role. */
  readonly role: string;
  readonly samples: readonly Sample[];
  /** Undefined: the daemon works alone. */
  readonly members?: readonly FleetMember[];
  /** Undefined: no batch is open. */
  readonly batches?: BatchesLook;
  /** The newest point of the history, when there is a new one. */
  readonly point?: HistoryPoint;
}

type Labels = Readonly<Record<string, string>>;

/** The numbers of one moment, by name. */
export class Samples {
  readonly #byName = new Map<string, Sample[]>();

  constructor(readonly frame: FeedFrame) {
    for (const sample of frame.samples) {
      const [name] = sample;
      const same = this.#byName.get(name);
      if (same === undefined) this.#byName.set(name, [sample]);
      else same.push(sample);
    }
  }

  /** All samples with these labels. @param name without `colloquium_` */
  all(name: string, labels: Labels = {}): readonly Sample[] {
    const same = this.#byName.get(`colloquium_${name}`) ?? [];
    return same.filter(([, has]) => Object.entries(labels).every(([label, value]) => has[label] === value));
  }

  /** Returns the sum of the samples; 0 if there are none. */
  sum(name: string, labels: Labels = {}): number {
    return this.all(name, labels).reduce((sum, [, , value]) => sum + value, 0);
  }

  /** Returns the value of the first sample; undefined if there are none. */
  value(name: string, labels: Labels = {}): number | undefined {
    return this.all(name, labels)[0]?.[2];
  }

  /** The values of a label, in order. */
  valuesOf(name: string, label: string): readonly string[] {
    return [...new Set(this.all(name).flatMap(([, labels]) => labels[label] ?? []))];
  }
}

/** Returns a sum's growth per second between two moments; after a restart of the daemon it counts from 0. */
export function perSecond(before: Samples, now: Samples, sum: (samples: Samples) => number): number {
  const seconds = (now.frame.at - before.frame.at) / 1000;
  const grown = sum(now) - sum(before);
  return seconds <= 0 ? 0 : (grown >= 0 ? grown : sum(now)) / seconds;
}
