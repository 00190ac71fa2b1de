import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScanner, textOf } from '../../../src/json/scan/index.js';
import { runs } from '../../support/runs.js';

const POINTERS = [['id'], ['user', 'name'], ['user'], ['a key of more than sixteen bytes'], ['né'], []];
/** Makes a text long enough for WebAssembly. */
const FILLER = `${' '.repeat(20_000)}\n`;

/** What a scanner says of each line: its end, and where the wanted values are and whether they are odd. */
function scanAll(all: readonly Buffer[], scanner = createScanner(POINTERS, 1000), behind = ''): unknown[] {
  const text = textOf(Buffer.concat([...all.flatMap((one) => [one, Buffer.from('\n')]), Buffer.from(behind)]));
  let start = 0;
  return all.map((one) => {
    const end = scanner.scan(text, start);
    const starts = [...scanner.starts];
    const slots = starts.map((at, slot) =>
      at < 0 ? at : [at - start, (scanner.ends[slot] ?? 0) - start, scanner.isOdd[slot]],
    );
    const found = end < 0 ? 'refused' : { end: end - start, slots };
    start += one.length + 1;
    return found;
  });
}

/** The same of lines that are scanned many at once. Holds their numbers to the text. */
function scanRows(all: readonly Buffer[], scanner = createScanner(POINTERS, 1000), behind = ''): unknown[] {
  const text = textOf(Buffer.concat([...all.flatMap((one) => [one, Buffer.from('\n')]), Buffer.from(behind)]));
  const found: unknown[] = [];
  for (let start = 0; found.length < all.length;) {
    const lines = scanner.scanLines(text, start);
    const { starts, ends, isOdd, numbers, lineEnds } = scanner.rows;
    for (let row = 0; row < lines && found.length < all.length; row++) {
      const lineStart = start;
      const slots = POINTERS.map((_, pointer) => {
        const slot = row * POINTERS.length + pointer;
        const [from = 0, to = 0, number = Number.NaN] = [starts[slot], ends[slot], numbers[slot]];
        if (from < 0) return from;
        if (!Number.isNaN(number)) expect(number).toBe(Number(text.bytes.toString('latin1', from, to)));
        return [from - lineStart, to - lineStart, isOdd[slot]];
      });
      found.push({ end: (lineEnds[row] ?? 0) - lineStart, slots });
      start = (lineEnds[row] ?? 0) + 1;
    }
    if (lines === 0) {
      start += (all[found.length]?.length ?? 0) + 1;
      found.push('refused');
    }
  }
  return found;
}

const number = fc.constantFrom(
  ...[
    '0',
    '-0',
    '-',
    '01',
    '7',
    '-12',
    '1.5',
    '1.50',
    '1.',
    '.5',
    '0.0000001',
    '0.000001',
    '-0.5',
    '1e5',
    '1E+5',
    '1e',
    '1e-',
  ],
  ...['123456789012345', '1234567890123456', '0.1234567890123456789', '1.0', '100', '+1', '1x', '0x1'],
);
const escape = fc.constantFrom(
  '\\"',
  '\\\\',
  '\\n',
  '\\/',
  '\\u00e9',
  '\\uD83d',
  '\\u12',
  '\\x',
  '\\',
  '\u0001',
  '\u001f',
  'é',
  '😀',
);
/** Strings whose special bytes come at every place of a block of sixteen. */
const string = fc
  .tuple(fc.nat(40), fc.option(escape, { freq: 2 }), fc.nat(40))
  .map(([before, special, after]) => `"${'x'.repeat(before)}${special ?? ''}${'y'.repeat(after)}"`);
const KEYS = [
  'id',
  'user',
  'name',
  'né',
  '',
  'k'.repeat(16),
  'a key of more than sixteen bytes',
  // Differs from the one before after sixteen bytes, as do the next two after 32.
  'a key of more than sixteen bytez',
  `${'k'.repeat(32)}i`,
  `${'k'.repeat(32)}j`,
];
const space = fc.constantFrom('', '', '', '', '', '', ' ', '\t', ' \r ');
const damage = fc.option(
  fc.record({
    place: fc.nat(400),
    drop: fc.nat(2),
    insert: fc.constantFrom('', '"', ',', '}', ']', ' ', '0', '\\', ':', 'x', '\u0000'),
  }),
  { freq: 3 },
);

/** Lines, some of them broken, whose objects have few keys: what follows after a key is known, or nearly. */
const lines = (countMax: number): fc.Arbitrary<Buffer[]> =>
  fc
    .tuple(fc.nat(KEYS.length - 1), fc.integer({ min: 1, max: 3 }))
    .chain(([from, keys]) =>
      fc.array(line(fc.constantFrom(...KEYS.slice(from, from + keys))), { minLength: 1, maxLength: countMax }),
    );

function line(key: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const { value, object } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 2, arbitrary: fc.constantFrom('1', 'true', 'false', 'null', '""') },
      number,
      string,
      fc.constantFrom('nul', 'falsy', 'truth', ''),
      tie('object'),
      tie('array'),
    ),
    object: fc
      .array(fc.tuple(key, space, tie('value'), space), { maxLength: 4 })
      .map((all) => `{${all.map(([name, before, one, after]) => `"${name}":${before}${one}${after}`).join(',')}}`),
    array: fc
      .tuple(fc.array(tie('value'), { maxLength: 4 }), space)
      .map(([all, gap]) => `[${gap}${all.join(`${gap},`)}]`),
  }));
  return fc.tuple(fc.oneof({ weight: 4, arbitrary: object }, value), damage).map(([whole, change]) => {
    const bytes = Buffer.from(whole);
    if (change === null) return bytes;
    const at = change.place % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(change.insert), bytes.subarray(at + change.drop)]);
  });
}

describe('the scanner in WebAssembly', () => {
  it('says of all lines what the plain one says, whether or not it knows their shape', () => {
    fc.assert(
      fc.property(lines(12), (some) => {
        const twice = [...some, ...some];
        expect(scanAll(twice, createScanner(POINTERS, 1000), FILLER)).toEqual(scanAll(twice));
      }),
      { numRuns: runs(400) },
    );
  });

  it('says of many lines at once what it says of each, in texts of any length', () => {
    fc.assert(
      fc.property(lines(12), fc.constantFrom('', FILLER), fc.nat(10), (some, behind, times) => {
        const often = Array.from({ length: times + 1 }, () => some).flat();
        expect(scanRows(often, createScanner(POINTERS, 1000), behind)).toEqual(scanAll(often));
      }),
      { numRuns: runs(300) },
    );
  });

  it('knows what was learned from texts that were too short for it, and goes on with those that are', () => {
    fc.assert(
      fc.property(lines(8), fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }), (some, areLong) => {
        const scanner = createScanner(POINTERS, 1000);
        const plain = createScanner(POINTERS, 1000);
        for (const [index, one] of [...some, ...some].entries())
          expect(scanAll([one], scanner, areLong[index] === true ? FILLER : '')).toEqual(scanAll([one], plain));
      }),
      { numRuns: runs(100) },
    );
  });

  it('reads texts of any length, longer ones after shorter ones, and data that is never alike', () => {
    const scanner = createScanner([['id']], 1000);
    for (const bytes of [20_000, 3_000_000, 20_000, 9_000_000, 100_000]) {
      const made: Buffer[] = [];
      for (let total = 0, id = 0; total < bytes; id++) {
        const name = id % 2 === 0 ? 'x' : randomBytes(8).toString('hex');
        made.push(Buffer.from(`{"${name}":{"${name}":["${'s'.repeat(id % 300)}",${id}]},"id":${id}}`));
        total += made.at(-1)?.length ?? 0;
      }
      const text = textOf(Buffer.concat(made.flatMap((one) => [one, Buffer.from('\n')])));
      let start = 0;
      for (const [id, one] of made.entries()) {
        expect(scanner.scan(text, start)).toBe(start + one.length);
        const at = scanner.starts[0] ?? 0;
        expect(text.bytes.toString('latin1', at, scanner.ends[0])).toBe(String(id));
        start += one.length + 1;
      }
    }
  });

  it('keeps to the nesting that the caller allows', () => {
    for (const levels of [1, 2, 3, 99, 100, 101]) {
      const deep = [1, 2, 3, 4, 99, 100, 101].flatMap((depth) => [
        Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`),
        Buffer.from(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
      ]);
      const twice = [...deep, ...deep];
      expect(scanAll(twice, createScanner([], levels), FILLER)).toEqual(scanAll(twice, createScanner([], levels)));
    }
  });
});
