import { createHash } from 'node:crypto';
import type { Row } from './row.js';
import type { PossibleCall } from './loads.js';

/** A row that may be sent, and the call that it waits for. */
export interface Candidate {
  readonly row: Row;
  /** The stage at which it waits. */
  readonly stage: string;
  readonly call: PossibleCall;
}

/** Keeps a small sample of the rows. */
export interface Sampler {
  /** @param identity the same text for the same call in every run */
  offer(candidate: Candidate, identity: string): void;
  readonly chosen: readonly Candidate[];
}

/** The most memory for the kept rows; if rows are very long, fewer are kept. */
const BYTES_MAX = 256 * 2 ** 20;

/**
 * Keeps the rows whose identities have the smallest hashes (bottom-k sampling): a uniform sample in one pass over an input of
 * unknown length, spread over all of it, and the same for the same input.
 */
export function createSampler(size: number): Sampler {
  /** Sorted by hash, ascending. */
  const kept: { readonly hash: string; readonly candidate: Candidate; readonly bytes: number }[] = [];
  let bytes = 0;

  return {
    offer(candidate, identity) {
      const hash = createHash('sha256').update(identity).digest('hex');
      const last = kept.at(-1);
      if (size === 0 || (kept.length >= size && last !== undefined && hash >= last.hash)) return;
      const own = withOwnBytes(candidate);
      const length = bytesOf(own);
      const at = kept.findIndex((other) => hash < other.hash);
      kept.splice(at === -1 ? kept.length : at, 0, { hash, candidate: own, bytes: length });
      bytes += length;
      while (kept.length > size || (bytes > BYTES_MAX && kept.length > 1)) bytes -= kept.pop()?.bytes ?? 0;
    },
    get chosen() {
      return kept.map(({ candidate }) => candidate);
    },
  };
}

/** Copies a line's bytes, so that they retain neither the larger block they are part of nor one of Node's pools, which are large, too. */
function withOwnBytes(candidate: Candidate): Candidate {
  const { block, occurrences } = candidate.row;
  if (block.kind !== 'lines') return candidate;
  const bytes = Buffer.allocUnsafeSlow(block.bytes.length);
  block.bytes.copy(bytes);
  return { ...candidate, row: { block: { ...block, bytes }, occurrences } };
}

function bytesOf({ row: { block } }: Candidate): number {
  return block.kind === 'lines' ? block.bytes.length : block.head.length;
}
