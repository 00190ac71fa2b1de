import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionOf, textOfToken, tokenOf } from '../../src/nats/index.js';

describe('a name', () => {
  it('goes into a subject as letters, digits, - and =, and comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        expect(tokenOf(text)).toMatch(/^[A-Za-z0-9=-]+$/);
        expect(textOfToken(tokenOf(text))).toBe(text);
      }),
    );
  });
});

describe('a partition', () => {
  it('is the same for a key for good', () => {
    // By the published test vectors of FNV-1a, 32 bits: "a" is e40c292c, "foobar" is bf9cf968.
    expect(partitionOf('a', 2 ** 32)).toBe(0xe40c292c);
    expect(partitionOf('foobar', 2 ** 32)).toBe(0xbf9cf968);
    expect(partitionOf('', 2 ** 32)).toBe(0x811c9dc5);
  });

  it('gets about as many keys as any other', () => {
    const counts = new Array<number>(16).fill(0);
    for (let user = 0; user < 16_000; user++) {
      const partition = partitionOf(`user-${user}`, 16);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(700);
    expect(Math.max(...counts)).toBeLessThan(1300);
  });
});
