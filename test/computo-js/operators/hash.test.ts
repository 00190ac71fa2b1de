import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, check, ComputoError, execute, type Json, type TraceEvent } from 'computo-js';
import { runs } from '../../support/runs.js';

const SECRETS = { pepper: 'a key that nobody may see', other: 'x' };
const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe('hash.sha256', () => {
  it('hashes the UTF-8 of a text, and of the canonical text of another value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), json), (given) => {
        const text = typeof given === 'string' ? given : canonicalText(given);
        const expected = createHash('sha256').update(Buffer.from(text, 'utf8')).digest('hex');
        expect(execute(['hash.sha256', ['$input']], [given])).toBe(expected);
        const bucket = Number(BigInt(`0x${expected.slice(0, 12)}`) % 7n);
        expect(execute(['hash.bucket', ['$input'], 7], [given])).toBe(bucket);
      }),
      { numRuns: runs(50) },
    );
  });

  it('with the name of a secret is an HMAC with it', () => {
    const expected = createHmac('sha256', SECRETS.pepper).update('ada').digest('hex');
    for (const dialect of ['classic', 'current'] as const) {
      expect(execute(['hash.sha256', 'ada', 'pepper'], [], { dialect, secrets: SECRETS })).toBe(expected);
      expect(check(['hash.sha256', 'ada', 'pepper'], { dialect, secrets: SECRETS })).toEqual([]);
    }
  });

  it('knows no other secrets, and says so before it runs', () => {
    for (const [secrets, name, hint] of [
      [SECRETS, 'peper', 'Did you mean "pepper"?'],
      [{}, 'pepper', "Add it to 'secrets'."],
      [SECRETS, 'toString', "Add it to 'secrets'."],
    ] as const) {
      const [problem] = check(['hash.sha256', 'ada', name], { secrets });
      expect(problem).toMatchObject({ code: 'unknown-secret', severity: 'error', path: '/2' });
      expect(problem?.message).toContain(hint);
      expect(() => execute(['hash.sha256', 'ada', name], [], { secrets })).toThrow(ComputoError);
    }
  });

  it('lets no data choose the key', () => {
    const script: Json = ['hash.sha256', 'ada', ['$input']];
    expect(() => execute(script, ['pepper'], { secrets: SECRETS })).toThrow('no data may choose a key');
    expect(check(script, { secrets: SECRETS })).toMatchObject([{ code: 'secret-name', path: '/2' }]);
  });

  it('shows no secret to whoever is told of the calls, nor in an error', () => {
    const told: TraceEvent[] = [];
    const trace = (event: TraceEvent): number => told.push(event);
    execute(['strConcat', ['hash.sha256', 'ada', 'pepper'], ['$input']], [1], { secrets: SECRETS, trace });
    expect(() => execute(['+', 1, ['hash.sha256', 'ada', 'pepper']], [], { secrets: SECRETS, trace })).toThrow(
      expect.not.stringContaining(SECRETS.pepper),
    );
    expect(told.length).toBeGreaterThan(2);
    expect(JSON.stringify(told)).not.toContain(SECRETS.pepper);
  });
});

describe('hash.bucket', () => {
  it('takes any positive number of buckets', () => {
    expect(execute(['hash.bucket', 'ada', 10n ** 30n])).toBe(Number.parseInt('fdee430d40bd', 16));
    expect(check(['hash.bucket', 'ada', 0])).toMatchObject([{ code: 'wrong-integer' }]);
  });
});
