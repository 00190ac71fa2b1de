import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/json/scan/index.js';
import { anyText } from '../../support/any-text.js';
import { runs } from '../../support/runs.js';

function written(write: (into: ByteWriter) => void): string {
  const writer = new ByteWriter();
  write(writer);
  return writer.take().toString();
}

/** Numbers of few digits, and any others. */
const number = fc.oneof(
  fc
    .tuple(fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }), fc.nat(7))
    .map(([digits, places]) => digits / 10 ** places),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e9, 999_999_999, 0.1, 1e-7, 5e-324, 0.30000000000000004, 1e21),
);

describe('the byte writer', () => {
  it('writes numbers as JSON.stringify does', () => {
    fc.assert(
      fc.property(number, (value) => {
        expect(written((into) => into.number(value))).toBe(JSON.stringify(value));
      }),
      { numRuns: runs(750) },
    );
  });

  it('writes strings as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), anyText(), fc.string({ minLength: 60 })), (text) => {
        expect(written((into) => into.quoted(text))).toBe(JSON.stringify(text));
      }),
    );
  });

  it('keeps what was written while it grows', () => {
    const parts = Array.from({ length: 3000 }, (_, index) => `${'ü'.repeat(index % 90)}${index}`);
    const whole = written((into) => {
      for (const part of parts) into.text(part);
    });
    expect(whole).toBe(parts.join(''));
  });
});
