import { hash } from 'node:crypto';
import type { Json } from 'computo-js';
import type { StateTable } from '../across/state-table.js';
import { HASH_BYTES, spilledCounts, type SpilledCounts } from './spilled-counts.js';

/** Counts the occurrences of each fingerprint, to distinguish equal requests of one input in the same way in every run. */
export interface Occurrences {
  /** Returns how often this fingerprint has occurred before. */
  next(stage: string, fingerprint: string): number;
  /** Ends the counting. */
  close(): void;
}

/** The maximum number of different requests counted in memory, which take about 10 MB. */
const IN_MEMORY_MAX = 100_000;

/** Counts that are kept with the state of a pipeline's stages. */
export function keptOccurrences(counts: StateTable<Json>): Occurrences {
  return {
    next(stage, fingerprint) {
      const key = hashOf(stage, fingerprint).toString('base64url');
      const before = counts.get(key);
      const number = typeof before === 'number' ? before : 0;
      counts.put(key, number + 1);
      return number;
    },
    close: () => undefined,
  };
}

function hashOf(stage: string, fingerprint: string): Buffer {
  return hash('sha256', `${stage}\n${fingerprint}`, 'buffer').subarray(0, HASH_BYTES);
}

/** @param inMemoryMax different requests; beyond that, all counts move to a file, and memory no longer grows */
export function occurrences(inMemoryMax = IN_MEMORY_MAX): Occurrences {
  const counts = new Map<string, number>();
  let spilled: SpilledCounts | undefined;
  return {
    next(stage, fingerprint) {
      const digest = hashOf(stage, fingerprint);
      if (spilled !== undefined) return spilled.next(digest);
      const key = digest.toString('latin1');
      const before = counts.get(key) ?? 0;
      counts.set(key, before + 1);
      if (counts.size > inMemoryMax) {
        spilled = spilledCounts();
        for (const [known, count] of counts) spilled.set(Buffer.from(known, 'latin1'), count);
        counts.clear();
      }
      return before;
    },
    close: () => spilled?.close(),
  };
}
