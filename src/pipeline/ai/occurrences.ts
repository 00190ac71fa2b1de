import { createHash } from 'node:crypto';
import type { Json } from 'computo-js';
import type { StateTable } from '../across/state-table.js';
import { HASH_BYTES, spilledCounts, type SpilledCounts } from './spilled-counts.js';

/** Counts how often each fingerprint came, so that equal requests of one input are told apart, and alike in every run. */
export interface Occurrences {
  /** How many of this fingerprint came before this one. */
  next(stage: string, fingerprint: string): number;
  /** Nothing is counted any more. */
  close(): void;
}

/** As many different requests are counted in memory, which takes some 10 MB. */
const IN_MEMORY_MAX = 100_000;

/** The same, kept with the state of a pipeline's stages. */
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
  return createHash('sha256').update(`${stage}\n${fingerprint}`).digest().subarray(0, HASH_BYTES);
}

/** @param inMemoryMax different requests; when there are more, all counts move to a file, and memory does not grow */
export function occurrences(inMemoryMax = IN_MEMORY_MAX): Occurrences {
  const counts = new Map<string, number>();
  let spilled: SpilledCounts | undefined;
  return {
    next(stage, fingerprint) {
      const hash = hashOf(stage, fingerprint);
      if (spilled !== undefined) return spilled.next(hash);
      const key = hash.toString('latin1');
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
