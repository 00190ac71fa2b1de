import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareNumbers,
  ComputoError,
  equal,
  execute,
  NumberText,
  parseExactly,
  stringify,
  type Json,
} from 'computo-js';
import { chargeOf } from '../charge.js';
import { runs } from '../../support/runs.js';

const run = (name: string, ...args: Json[]): Json =>
  execute([name, ...args.map((_, at) => ['$inputs', `/${at}`])], args);

/** A decimal as an integer and the number of its digits behind the point. */
interface Scaled {
  readonly units: bigint;
  readonly places: number;
}

const decimal: fc.Arbitrary<Scaled> = fc.record({
  units: fc.oneof(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.bigInt({ min: -9999n, max: 9999n })),
  places: fc.nat(30),
});

function textOf({ units, places }: Scaled): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const end = digits.length - places;
  return `${units < 0n ? '-' : ''}${digits.slice(0, end)}${places === 0 ? '' : `.${digits.slice(end)}`}`;
}

const numberOf = (scaled: Scaled): Json => parseExactly(textOf(scaled), 1);

/** Rounds half away from zero to so many places, with integers only. */
function roundScaled({ units, places }: Scaled, wanted: number): Scaled {
  if (wanted >= places) return { units: units * 10n ** BigInt(wanted - places), places: wanted };
  const unit = 10n ** BigInt(places - wanted);
  const magnitude = units < 0n ? -units : units;
  const rounded = (2n * magnitude + unit) / (2n * unit);
  const signed = units < 0n ? -rounded : rounded;
  return wanted < 0 ? { units: signed * 10n ** BigInt(-wanted), places: 0 } : { units: signed, places: wanted };
}

describe('numbers of any size', () => {
  it('are rounded as integers say', () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: -45, max: 35 }), (scaled, digits) => {
        const expected = numberOf(roundScaled(scaled, digits));
        const rounded = run('number.round', numberOf(scaled), digits);
        expect(equal(rounded, expected), `${stringify(rounded)} for ${stringify(expected)}`).toBe(true);
        if (digits >= 0) {
          const text = textOf(roundScaled(scaled, digits));
          expect(run('number.text', numberOf(scaled), digits)).toBe(/[1-9]/.test(text) ? text : text.replace('-', ''));
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it('lie between their floor and their ceiling', () => {
    fc.assert(
      fc.property(decimal, ({ units, places }) => {
        const unit = 10n ** BigInt(places);
        const rest = ((units % unit) + unit) % unit;
        const floor = (units - rest) / unit;
        const ceil = rest === 0n ? floor : floor + 1n;
        const given = numberOf({ units, places });
        expect(equal(run('number.floor', given), floor)).toBe(true);
        expect(equal(run('number.ceil', given), ceil)).toBe(true);
        expect(equal(run('number.abs', given), numberOf({ units: units < 0n ? -units : units, places }))).toBe(true);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('have one that is the least and one that is the greatest', () => {
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 5 }), (scaled) => {
        const given = scaled.map(numberOf);
        const sorted = [...given].sort((a, b) => compareNumbers(a as number, b as number));
        expect(equal(run('number.min', ...given), sorted[0] ?? null)).toBe(true);
        expect(equal(run('number.max', ...given), sorted.at(-1) ?? null)).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });

  it('are parsed as JSON is, and printed again', () => {
    fc.assert(
      fc.property(decimal, fc.constantFrom('', 'e5', 'E-7', 'e+400'), (scaled, exponent) => {
        const text = textOf(scaled) + exponent;
        expect(stringify(run('number.parse', ` ${text}\n`))).toBe(stringify(parseExactly(text, 1)));
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('doubles', () => {
  it('are rounded by the decimal that is printed, and never to -0', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: -5, max: 20 }),
        (given, digits) => {
          for (const made of [
            run('number.round', given, digits),
            run('number.floor', given),
            run('number.ceil', given),
          ]) {
            expect(Object.is(made, -0)).toBe(false);
          }
          const printed = new NumberText(String(given));
          expect(equal(run('number.round', given, digits), run('number.round', printed, digits))).toBe(true);
          expect(equal(run('number.floor', given), run('number.floor', printed))).toBe(true);
        },
      ),
      { numRuns: runs(1000) },
    );
  });
});

describe('texts that are no number', () => {
  it.each([
    '',
    ' ',
    '-',
    '.5',
    '1.',
    '01',
    '1e',
    '+1',
    '0x1',
    'NaN',
    'Infinity',
    '1 2',
    'true',
    'null',
    '"1"',
    '[1]',
    '[]',
    '{}',
    '１',
    '1\u00a0',
    '1_000',
  ])('%j', (text) => {
    expect(() => run('number.parse', text)).toThrow(ComputoError);
  });
});

describe('results', () => {
  it('keep the form that they came in', () => {
    expect(run('number.round', 123456789012345678901234567890n, -20)).toBe(123456789000000000000000000000n);
    expect(run('number.round', 155e28, -29)).toBe(16e29);
    expect(stringify(run('number.round', new NumberText('1.26e400'), -399))).toBe('1.3e400');
    expect(run('number.text', 1e21, 1)).toBe('1000000000000000000000.0');
  });

  it('that are long are charged, and limited', () => {
    expect(() => run('number.text', new NumberText('1e999999999'), 0)).toThrow('builds more than');
    expect(() => run('number.text', 1, 10_001)).toThrow('an integer from 0 to 10000');
    const long = (digits: number): number =>
      chargeOf(['number.round', ['$input'], -1], [BigInt('7'.repeat(digits))], 'current');
    expect(long(4000) / long(400)).toBeGreaterThan(40);
  });
});
