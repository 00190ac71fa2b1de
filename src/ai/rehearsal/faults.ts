import { createHash } from 'node:crypto';
import type { StandInOptions } from '../provider/index.js';
import type { Transport } from '../transport/index.js';
import { giveFault, type FaultToGive } from './give.js';
import { currentOrigin, type CallOrigin } from './origin.js';

/** A fault, and which requests it meets. */
export interface PlannedFault extends FaultToGive {
  /** Only requests for this row of the input, from 1. */
  readonly row?: number | undefined;
  /** Only requests of the stage with this name. */
  readonly stage?: string | undefined;
  /** Only requests to this provider. */
  readonly provider?: string | undefined;
  /** The share of requests, 0 to 1. */
  readonly rate?: number | undefined;
  /** Which requests a rate chooses. */
  readonly seed: number;
  /** The most requests that it meets; Infinity: all. */
  readonly times: number;
}

/** Which requests of a case are met by faults. Several providers share one. */
export interface FaultTally {
  /** The fault that meets a request; undefined: none. */
  next(provider: string, origin: CallOrigin): PlannedFault | undefined;
  /** The places of faults that met no request. */
  unmet(): readonly number[];
}

/** The first fault that fits meets a request. A rate chooses by seed, row and attempt: whatever the order in which they come. */
export function faultTally(faults: readonly PlannedFault[]): FaultTally {
  const met = faults.map(() => 0);
  const attempts = new Map<string, number>();
  return {
    next(provider, { row, stage }) {
      const whose = JSON.stringify([row, stage]);
      const attempt = (attempts.get(whose) ?? 0) + 1;
      attempts.set(whose, attempt);
      const index = faults.findIndex(
        (fault, place) =>
          (met[place] ?? 0) < fault.times &&
          (fault.row ?? row) === row &&
          (fault.stage ?? stage) === stage &&
          (fault.provider ?? provider) === provider &&
          (fault.rate === undefined || chance([fault.seed, row, stage ?? '', attempt]) < fault.rate),
      );
      if (index !== -1) met[index] = (met[index] ?? 0) + 1;
      return faults[index];
    },
    unmet: () => [...met.entries()].flatMap(([place, count]) => (count === 0 ? [place] : [])),
  };
}

const CHANCE_BYTES = 6;

/** Uniform in [0, 1), and the same for the same facts. */
function chance(facts: readonly (string | number)[]): number {
  const digest = createHash('sha256').update(JSON.stringify(facts)).digest();
  return digest.readUIntBE(0, CHANCE_BYTES) / 2 ** (CHANCE_BYTES * 8);
}

/** A transport whose requests meet faults; those that meet none go to `inner`. */
export function withFaults(inner: Transport, tally: FaultTally, options: StandInOptions): Transport {
  return {
    ...inner,
    async post(url, headers, body, signal) {
      const fault = tally.next(options.provider, currentOrigin());
      const ask = () => inner.post(url, headers, body, signal);
      return fault === undefined ? await ask() : await giveFault(fault, options, signal, ask);
    },
    close: () => inner.close(),
  };
}
