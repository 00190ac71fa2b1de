import { describe, expect, it } from 'vitest';
import { createSampler, type Candidate } from '../../../src/jobs/forecast/sampler.js';

function candidate(row: number, bytes = 10): Candidate {
  const large = Buffer.alloc(bytes + 100_000, row);
  const block = { kind: 'lines', bytes: large.subarray(0, bytes), source: String(row), startsFile: false } as const;
  return {
    row: { block, occurrences: new Map() },
    stage: 'ask',
    call: {
      kind: 'possible',
      journaled: false,
      provider: 'p',
      model: 'm',
      tokens: { likelyInput: 1, likelyOutput: 1, worst: 2 },
      cost: { likely: 1n, worst: 2n, mending: 0n },
    },
  };
}

function sampled(size: number, rows: readonly number[]): number[] {
  const sampler = createSampler(size);
  for (const row of rows) sampler.offer(candidate(row), `row ${row}`);
  return sampler.chosen.map(({ row }) => Number(row.block.source));
}

const rows = Array.from({ length: 2000 }, (_, i) => i);

describe('a sample', () => {
  it('has as many rows as asked for, or all there are', () => {
    expect(new Set(sampled(20, rows)).size).toBe(20);
    expect(sampled(20, [1, 2, 3]).sort()).toEqual([1, 2, 3]);
    expect(sampled(0, rows)).toEqual([]);
  });

  it('is the same for the same rows, in whatever order they come', () => {
    expect(sampled(20, rows.toReversed())).toEqual(sampled(20, rows));
  });

  it('is spread over the input', () => {
    const quarters = [0, 0, 0, 0];
    for (const row of sampled(200, rows)) quarters[Math.floor(row / 500)] = (quarters[Math.floor(row / 500)] ?? 0) + 1;
    for (const count of quarters) expect(count).toBeGreaterThan(30);
  });

  it('keeps the bytes of its rows, and not of the blocks that they were in', () => {
    const sampler = createSampler(1);
    sampler.offer(candidate(7), 'x');
    const [kept] = sampler.chosen;
    const { block } = kept?.row ?? candidate(0).row;
    expect(block.kind === 'lines' && block.bytes.equals(Buffer.alloc(10, 7))).toBe(true);
    expect(block.kind === 'lines' && block.bytes.buffer.byteLength).toBe(10);
  });
});
