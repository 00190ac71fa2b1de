import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PIECE_BYTES, SpareMemory } from '../../src/sources/spare-memory.js';

describe('spare memory', () => {
  it('gives no piece to two holders, however often one was given back', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (takes) => {
        const memory = new SpareMemory();
        const held: Buffer[] = [];
        for (const takesNext of takes) {
          if (takesNext) {
            held.push(memory.take());
          } else {
            const back = held.pop();
            if (back === undefined) continue;
            memory.give(back);
            memory.give(back.subarray(1));
          }
          expect(new Set(held.map(({ buffer }) => buffer)).size).toBe(held.length);
        }
      }),
    );
  });

  it('keeps what is of use, and not much of it', () => {
    const memory = new SpareMemory();
    memory.give(Buffer.from('a line of its own'));
    memory.give(Buffer.allocUnsafeSlow(100 * PIECE_BYTES));
    expect(memory.takeSpare()).toBeUndefined();
    for (let piece = 0; piece < 100; piece++) memory.give(Buffer.allocUnsafeSlow(PIECE_BYTES));
    let kept = 0;
    while (memory.takeSpare() !== undefined) kept += 1;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(20);
  });
});
