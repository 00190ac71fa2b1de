import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, ComputoError, execute, NumberText, type Json } from 'computo-js';
import { dateOf, daysSince1970, weekdayOf } from '../../../src/computo-js/operators/time/calendar.js';

const parse = (...args: Json[]): Json => execute(['time.parse', ...args]);
const format = (...args: Json[]): Json => execute(['time.format', ...args]);
const floor = (...args: Json[]): Json => execute(['time.floor', ...args]);
const add = (...args: Json[]): Json => execute(['time.add', ...args]);
const diff = (...args: Json[]): Json => execute(['time.diff', ...args]);

/** The error that a call raises, without its place. */
function problemOf(work: () => Json): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ComputoError && error.kind === 'InvalidArgument') return error.problem;
    throw error;
  }
  return 'nothing was raised';
}

const FIRST = -8.64e15;
const LAST = 8.64e15;
const YEAR_0 = Date.UTC(2000, 0, 1) - 5 * 146_097 * 86_400_000;
const YEAR_10000 = Date.UTC(10_000, 0, 1);

const anyInstant = fc.oneof(
  fc.integer({ min: FIRST, max: LAST }),
  fc.integer({ min: -1e12, max: 5e12 }),
  fc.constantFrom(FIRST, LAST, 0, -1, YEAR_0, YEAR_0 - 1, YEAR_10000 - 1, YEAR_10000),
);
const ofFourDigits = fc.oneof(
  fc.integer({ min: YEAR_0, max: YEAR_10000 - 1 }),
  fc.integer({ min: -1e12, max: 5e12 }),
  fc.constantFrom(YEAR_0, YEAR_10000 - 1),
);
const anyZone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns');

describe('the calendar', () => {
  it('is that of Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (days) => {
        const date = new Date(days * 86_400_000);
        const found = dateOf(days);
        expect(found).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() });
        expect(daysSince1970(found.year, found.month, found.day)).toBe(days);
        expect(weekdayOf(days)).toBe(date.getUTCDay());
      }),
    );
  });
});

describe('time.parse, without a format', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1969-12-31T23:59:59.999Z', -1],
    ['2026-01-02t03:04:05z', 1_767_323_045_000],
    ['2026-01-02T03:04:05-00:00', 1_767_323_045_000],
    ['2026-01-02T03:04:05.1Z', 1_767_323_045_100],
    ['2026-01-02T03:04:05.123999999999999999Z', 1_767_323_045_123],
    ['1969-12-31T23:59:59.0009Z', -1000],
    ['2026-01-02T03:04:05+23:59', 1_767_236_705_000],
    ['2026-01-01T20:04:05-07:00', 1_767_323_045_000],
    ['0000-01-01T00:00:00Z', YEAR_0],
    ['9999-12-31T23:59:59.999Z', YEAR_10000 - 1],
    ['2000-02-29T00:00:00Z', 951_782_400_000],
    ['2016-12-31T23:59:60Z', 1_483_228_800_000],
    ['2015-07-01T01:59:60.5+02:00', 1_435_708_800_500],
  ])('reads %s', (text, instant) => {
    expect(parse(text)).toBe(instant);
  });

  it.each([
    '2026-01-02',
    '2026-01-02T03:04Z',
    '2026-01-02T03:04:05',
    '2026-01-02 03:04:05Z',
    '2026-01-02T03:04:05Z\n',
    ' 2026-01-02T03:04:05Z',
    '2026-01-02T03:04:05.Z',
    '2026-01-02T03:04:05,5Z',
    '2026-01-02T03:04:05+02',
    '2026-01-02T03:04:05+0200',
    '2026-01-02T03:04:05+02:0',
    '2026-01-02T03:04:05+02:00Z',
    '2026-01-02T03:04:05+24:00',
    '2026-01-02T03:04:05+02:60',
    '2026-01-02T03:04:05±02:00',
    '2026-01-02T24:00:00Z',
    '2026-01-02T03:60:05Z',
    '2026-01-02T03:04:60Z',
    '2026-01-02T23:59:60Z',
    '2016-12-31T23:59:60+01:00',
    '2026-00-02T03:04:05Z',
    '2026-01-00T03:04:05Z',
    '2026-04-31T03:04:05Z',
    '1900-02-29T03:04:05Z',
    '+002026-01-02T03:04:05Z',
    '-026-01-02T03:04:05Z',
    '2026-1-2T03:04:05.00Z',
    '٢٠٢٦-01-02T03:04:05Z',
    '2026-01-02T03:04:05.٥Z',
    '2026-01-02T03:04:0',
  ])('refuses %s', (text) => {
    expect(problemOf(() => parse(text))).toContain("'time.parse' needs a time of RFC 3339");
  });

  it('reads what time.format prints, which is what Date prints', () => {
    fc.assert(
      fc.property(anyInstant, (instant) => {
        expect(format(instant)).toBe(new Date(instant).toISOString());
      }),
    );
    fc.assert(fc.property(ofFourDigits, (instant) => parse(format(instant)) === instant));
  });
});

describe('a format', () => {
  const ALL = '%a %A %b %B %h|%d %e %j %m %y %Y|%H %I %M %S %p|%u %w %G-W%V|%F %D %T %R %r|%s %z %%';

  // As Python's strftime has them.
  it.each([
    [
      '2026-01-02T03:04:05Z',
      'Fri Friday Jan January Jan|02  2 002 01 26 2026|03 03 04 05 AM|5 5 2026-W01|2026-01-02 01/02/26 03:04:05 03:04 03:04:05 AM|1767323045 +0000 %',
    ],
    [
      '2024-12-30T23:59:59Z',
      'Mon Monday Dec December Dec|30 30 365 12 24 2024|23 11 59 59 PM|1 1 2025-W01|2024-12-30 12/30/24 23:59:59 23:59 11:59:59 PM|1735603199 +0000 %',
    ],
    [
      '2021-01-03T12:00:00Z',
      'Sun Sunday Jan January Jan|03  3 003 01 21 2021|12 12 00 00 PM|7 0 2020-W53|2021-01-03 01/03/21 12:00:00 12:00 12:00:00 PM|1609675200 +0000 %',
    ],
    [
      '1999-12-31T00:30:00Z',
      'Fri Friday Dec December Dec|31 31 365 12 99 1999|00 12 30 00 AM|5 5 1999-W52|1999-12-31 12/31/99 00:30:00 00:30 12:30:00 AM|946600200 +0000 %',
    ],
  ])('prints %s', (time, text) => {
    expect(format(parse(time), ALL)).toBe(text);
  });

  it('prints six digits of a fraction, white space and any other text as it stands', () => {
    expect(format(1_767_323_045_007, '%S.%f')).toBe('05.007000');
    expect(format(0, ' %n%t é😀 %Y  ')).toBe(' \n\t é😀 1970  ');
  });

  it('prints years outside 0 to 9999 with a sign, and offsets of old with seconds', () => {
    expect(format(YEAR_10000, '%F')).toBe('+010000-01-01');
    expect(format(YEAR_0 - 1, '%F %y')).toBe('-000001-12-31 99');
    expect(format(Date.UTC(1880, 0, 1), '%T%z', 'Europe/Berlin')).toBe('00:53:28+005328');
  });

  it.each([
    ['2026-1-2', '%Y-%m-%d', '2026-01-02T00:00:00.000Z'],
    ['20260102', '%Y%m%d', '2026-01-02T00:00:00.000Z'],
    ['Jan  2 2026', '%b %e %Y', '2026-01-02T00:00:00.000Z'],
    ['Jan\t 12 2026', '%b %d %Y', '2026-01-12T00:00:00.000Z'],
    ['fri, 02 JANUARY 2026', '%a, %d %B %Y', '2026-01-02T00:00:00.000Z'],
    ['26.360', '%y.%j', '2026-12-26T00:00:00.000Z'],
    ['68-69', '%y-69', '2068-01-01T00:00:00.000Z'],
    ['69', '%y', '1969-01-01T00:00:00.000Z'],
    ['12:30 am', '%I:%M %p', '1970-01-01T00:30:00.000Z'],
    ['12:30 PM', '%I:%M %p', '1970-01-01T12:30:00.000Z'],
    ['11 pm', '%I %p', '1970-01-01T23:00:00.000Z'],
    ['12', '%I', '1970-01-01T00:00:00.000Z'],
    ['-1.999999999', '%s.%f', '1969-12-31T23:59:59.999Z'],
    ['1767323045', '%s', '2026-01-02T03:04:05.000Z'],
    ['5.1', '%S.%f', '1970-01-01T00:00:05.100Z'],
    ['02/Jan/2026:03:04:05 -0130', '%d/%b/%Y:%T %z', '2026-01-02T04:34:05.000Z'],
    ['2026-01-02T03:04:05+01:30', '%FT%T%z', '2026-01-02T01:34:05.000Z'],
    ['2026-01-02T03:04:05Z', '%FT%T%z', '2026-01-02T03:04:05.000Z'],
    ['+010000-01-01', '%F', '+010000-01-01T00:00:00.000Z'],
    ['', '', '1970-01-01T00:00:00.000Z'],
  ])('reads %s by %s', (text, by, time) => {
    expect(format(parse(text, by))).toBe(time);
  });

  it.each([
    ['2026-01-02x', '%Y-%m-%d', 'the time ends before column 11, and more follows'],
    ['2026-01', '%Y-%m-%d', '"-" should stand at column 8'],
    ['2026-01-', '%Y-%m-%d', 'a day should stand at column 9'],
    ['226-01-02', '%Y-%m-%d', 'a year of four digits should stand at column 1'],
    ['2026-13-02', '%Y-%m-%d', 'a month should stand at column 6'],
    ['2026-02-30', '%Y-%m-%d', 'there is no such day'],
    ['2025-366', '%Y-%j', 'there is no such day'],
    ['2026-01-02 003', '%Y-%m-%d %j', 'there is no such day'],
    ['Mon 2026-01-02', '%a %Y-%m-%d', 'there is no such day'],
    ['02-29', '%m-%d', 'there is no such day'],
    ['25:00', '%H:%M', 'an hour should stand at column 1'],
    ['0:00', '%I:%M', 'an hour from 1 to 12 should stand at column 1'],
    ['3 XM', '%I %p', 'AM or PM should stand at column 3'],
    ['Foo', '%b', 'the short name of a month should stand at column 1'],
    ['3', ' %d', 'white space should stand at column 1'],
    ['+2400', '%z', 'an offset like +0200 should stand at column 1'],
    ['x', '%f', 'a fraction of one to nine digits should stand at column 1'],
    ['1234567890', '%f', 'the time ends before column 10, and more follows'],
    ['-', '%s', 'seconds since 1970 should stand at column 1'],
  ])('does not read %s by %s', (text, by, problem) => {
    expect(problemOf(() => parse(text, by))).toMatch(
      new RegExp(`^'time.parse' reads times of the format ".*": ${problem.replace('+', '\\+')}$`),
    );
  });

  it('is refused where it has an unknown directive, or one that tells too little to be read', () => {
    expect(problemOf(() => format(0, '%Q'))).toContain('%Q is not a directive; formats know %Y %y %m');
    expect(problemOf(() => format(0, '%Y-%'))).toContain("a format ends with a single '%'");
    expect(problemOf(() => format(0, '%😀'))).toContain('%😀 is not a directive');
    expect(problemOf(() => parse('2026-W01', '%G-W%V'))).toBe('%G can be printed, but no time can be read by it');
  });

  it('reads what it prints', () => {
    const formats = [
      '%Y-%m-%dT%H:%M:%S.%f%z',
      '%A %e %B %Y %I:%M:%S %p .%f %z',
      '%s.%f',
      '%Y/%j %r.%f %z',
      '%a %F %T.%f %z',
    ];
    fc.assert(
      fc.property(anyInstant, anyZone, fc.constantFrom(...formats), (instant, zone, by) => {
        expect(parse(format(instant, by, zone), by, zone)).toBe(instant);
      }),
    );
  });
});

describe('a zone', () => {
  it('has a name of the IANA database, in any case', () => {
    expect(format(0, '%H', 'asia/tokyo')).toBe('09');
    expect(format(0, '%H', 'utc')).toBe('00');
    expect(format(0, '%H', 'Etc/GMT-3')).toBe('03');
  });

  it.each([
    '',
    'Mars/Base',
    '+02:00',
    'Z',
    '../UTC',
    'Europe/Berlin ',
    'Europe/Berlin\n',
    '__proto__',
    'x'.repeat(100_000),
  ])('is not %j', (zone) => {
    expect(problemOf(() => format(0, '%H', zone))).toMatch(/^no time zone ".*" is known/);
  });

  it('that is not known may have been another one', () => {
    expect(problemOf(() => floor(0, '1d', 'Europe/Berlni'))).toBe(
      'no time zone "Europe/Berlni" is known, did you mean "Europe/Berlin"?',
    );
  });

  it('goes by its rules for all time, and by its own time before there were rules', () => {
    expect(format(Date.UTC(2999, 6, 1), '%z', 'Europe/Berlin')).toBe('+0200');
    expect(format(Date.UTC(200_000, 0, 1), '%z', 'Europe/Berlin')).toBe('+0100');
    expect(format(LAST, '%z', 'Australia/Lord_Howe')).toBe('+1030');
    expect(format(FIRST, '%z', 'Europe/Berlin')).toBe('+005328');
  });

  it('repeats its rules every 400 years', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2500, 0, 1), max: Date.UTC(3300, 0, 1) }), anyZone, (instant, zone) => {
        const earlier = instant - 146_097 * 86_400_000;
        expect(format(instant, '%m-%d %T %z', zone)).toBe(format(earlier, '%m-%d %T %z', zone));
      }),
    );
  });
});

describe('times as numbers', () => {
  it('are cut toward the past', () => {
    expect(format(0.9)).toBe('1970-01-01T00:00:00.000Z');
    expect(format(-0.1)).toBe('1969-12-31T23:59:59.999Z');
    expect(format(new NumberText('0.99999999999999999999'))).toBe('1970-01-01T00:00:00.000Z');
    expect(format(new NumberText('-0.00000000000000000001'))).toBe('1969-12-31T23:59:59.999Z');
    expect(format(new NumberText('1767323045123.99999999999999'))).toBe('2026-01-02T03:04:05.123Z');
    expect(format(new NumberText('17673230451230000000000e-10'))).toBe('2026-01-02T03:04:05.123Z');
    expect(diff(-0.5, 0.5, '1s')).toBe(0);
  });

  it.each<[string, Json]>([
    ['one more than the last', LAST + 1],
    ['one less than the first', FIRST - 1],
    ['a long integer', 10n ** 30n],
    ['a long text', new NumberText('1e400')],
    ['a long negative text', new NumberText(`-${'9'.repeat(40)}.5`)],
  ])('are not too far away: %s', (_, given) => {
    for (const call of [['time.format'], ['time.floor', '1d'], ['time.add', 'P1D']]) {
      const [name = '', ...more] = call;
      expect(problemOf(() => execute([name, ['$input'], ...more], [given]))).toContain('at most 8640000000000000 ms');
    }
  });

  it('are refused where a result is too far away', () => {
    for (const duration of ['PT0.001S', 'P1D', 'P1M', 'P300000Y', `P${'9'.repeat(60)}Y`, `PT${'9'.repeat(90)}H`]) {
      expect(problemOf(() => add(LAST, duration, 'Europe/Berlin'))).toContain('leads to a time more than');
      expect(problemOf(() => add(FIRST, `-${duration}`))).toContain('leads to a time more than');
    }
    expect(problemOf(() => floor(FIRST, '1mo'))).toContain('leads to a time more than');
    expect(add(FIRST, 'PT0S')).toBe(FIRST);
    expect(add(LAST, '-P1D')).toBe(LAST - 86_400_000);
  });
});

describe('time.add', () => {
  it.each([
    ['2026-01-31T00:00:00Z', 'P1M', '2026-02-28T00:00:00.000Z'],
    ['2026-03-31T00:00:00Z', '-P1M', '2026-02-28T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', 'P4Y', '2028-02-29T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '-P1Y', '2023-02-28T00:00:00.000Z'],
    ['2026-01-31T00:00:00Z', 'P1M1D', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T00:00:00Z', '-P1M1D', '2026-01-31T00:00:00.000Z'],
    ['2026-12-31T23:00:00Z', 'P1Y2M3W4DT5H6M7.5S', '2028-03-26T04:06:07.500Z'],
    ['2026-01-01T00:00:00Z', 'PT1.5H', '2026-01-01T01:30:00.000Z'],
    ['2026-01-01T00:00:00Z', 'PT0,5M', '2026-01-01T00:00:30.000Z'],
    ['2026-01-01T00:00:00Z', 'PT0.0019S', '2026-01-01T00:00:00.001Z'],
    ['2026-01-01T00:00:00Z', '-PT0.0019S', '2025-12-31T23:59:59.998Z'],
    ['2026-01-01T00:00:00Z', 'PT1.001S', '2026-01-01T00:00:01.001Z'],
    ['2026-01-01T00:00:00Z', '+P1D', '2026-01-02T00:00:00.000Z'],
  ])('moves %s by %s', (time, duration, result) => {
    expect(format(add(parse(time), duration))).toBe(result);
  });

  it('is exact for the fraction of a long duration', () => {
    expect(add(0, 'PT1000000000.000999999S')).toBe(1_000_000_000_000);
  });

  it('keeps the side of an hour that clocks show twice, unless the date changes', () => {
    const second = Date.UTC(2026, 9, 25, 1, 30);
    expect(add(second, 'P0D', 'Europe/Berlin')).toBe(second);
    expect(add(second, 'PT1M', 'Europe/Berlin')).toBe(second + 60_000);
    expect(add(second + 86_400_000, '-P1D', 'Europe/Berlin')).toBe(second - 3_600_000);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1DT',
    '1D',
    'P1H',
    'P1',
    'PD',
    'P1D1Y',
    'P1.5D',
    'PT1.5H1M',
    'PT.5S',
    'PT1.S',
    'p1d',
    '--P1D',
    'P-1D',
    ' P1D',
    'P1D\n',
    'PT1S\n',
    'P٣D',
    `PT0.${'1'.repeat(10)}S`,
    'P' + '1'.repeat(200_000) + 'D',
  ])('refuses the duration %j', (duration) => {
    expect(problemOf(() => add(0, duration))).toContain('a duration has the form of ISO 8601');
  });
});

describe('time.floor', () => {
  it.each([
    ['2026-07-02T13:59:59.999Z', '30s', '2026-07-02T13:59:30.000Z'],
    ['2026-07-02T13:59:59.999Z', '7h', '2026-07-02T07:00:00.000Z'],
    ['2026-07-02T13:59:59.999Z', '36h', '2026-07-02T00:00:00.000Z'],
    ['1970-01-01T12:00:00Z', '2d', '1970-01-01T00:00:00.000Z'],
    ['1969-12-31T12:00:00Z', '2d', '1969-12-30T00:00:00.000Z'],
    ['1970-01-01T12:00:00Z', '1w', '1969-12-29T00:00:00.000Z'],
    ['1970-01-05T00:00:00Z', '2w', '1969-12-29T00:00:00.000Z'],
    ['1970-01-12T00:00:00Z', '2w', '1970-01-12T00:00:00.000Z'],
    ['2026-08-31T12:00:00Z', '3mo', '2026-07-01T00:00:00.000Z'],
    ['2026-12-31T12:00:00Z', '5mo', '2026-11-01T00:00:00.000Z'],
    ['2027-08-31T12:00:00Z', '24mo', '2027-01-01T00:00:00.000Z'],
  ])('of %s by %s', (time, unit, start) => {
    expect(format(floor(parse(time), unit))).toBe(start);
  });

  it('gives each of two hours that clocks show alike its own start', () => {
    const first = Date.UTC(2026, 9, 25, 0, 40);
    expect(floor(first, '15m', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 0, 30));
    expect(floor(first + 3_600_000, '15m', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 1, 30));
    expect(floor(first + 3_600_000, '1h', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 1));
    expect(floor(first + 3_600_000, '2h', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 0));
    expect(floor(first + 3_600_000, '1d', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 24, 22));
  });

  it('begins with the first time that there is where clocks skip the start', () => {
    // From half past eleven to half past twelve at night, in 1919.
    expect(format(floor(Date.UTC(1919, 2, 31, 4, 45), '1d', 'America/Toronto'), '%T', 'America/Toronto')).toBe(
      '00:30:00',
    );
    // From two to three: the 50 minutes from half past two begin at three.
    expect(floor(Date.UTC(2026, 2, 29, 1, 5), '50m', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 1));
    // A whole day.
    expect(format(floor(Date.UTC(2011, 11, 30, 12), '1d', 'Pacific/Apia'), '%F', 'Pacific/Apia')).toBe('2011-12-31');
  });

  it('is not after the time, the same again, and in the order of times', () => {
    const units = ['1s', '15m', '1h', '2h', '6h', '1d', '2d', '1w', '2w', '1mo', '3mo'];
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana');
    const near = fc.integer({ min: 0, max: 86_400_000 * 400 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1e12, max: 2e12 }),
        near,
        zone,
        fc.constantFrom(...units),
        (time, more, where, unit) => {
          const start = Number(floor(time, unit, where));
          expect(start).toBeLessThanOrEqual(time);
          expect(floor(start, unit, where)).toBe(start);
          expect(Number(floor(time + more, unit, where))).toBeGreaterThanOrEqual(start);
        },
      ),
    );
  });

  it.each(['', 'h', '0h', '01h', '-1h', '1.5h', '1x', '1 h', '1h\n', '1y', '1M', '1000000s', '1hh', '1__proto__'])(
    'refuses the unit %j',
    (unit) => {
      expect(problemOf(() => floor(0, unit))).toContain(
        'a unit of time is a positive integer and one of s, m, h, d, w, mo',
      );
      expect(problemOf(() => diff(0, 1, unit))).toContain('a unit of time is');
    },
  );
});

describe('time.diff', () => {
  it.each([
    ['2026-01-31T00:00:00Z', '2026-02-28T23:00:00Z', '1mo', 0],
    ['2026-01-31T00:00:00Z', '2026-03-31T00:00:00Z', '1mo', 2],
    ['2026-01-31T12:00:00Z', '2026-03-31T11:00:00Z', '1mo', 1],
    ['2026-03-31T00:00:00Z', '2026-02-28T00:00:00Z', '1mo', -1],
    ['2026-01-15T00:00:00Z', '2027-01-14T00:00:00Z', '3mo', 3],
    ['2026-01-15T00:00:00Z', '2025-01-15T00:00:00Z', '12mo', -1],
    ['2026-01-01T00:00:00Z', '2026-01-02T23:59:59Z', '1d', 1],
    ['2026-01-02T23:59:59Z', '2026-01-01T00:00:00Z', '1d', -1],
    ['2026-01-01T00:00:00Z', '2025-12-31T00:00:01Z', '1d', 0],
  ])('from %s to %s in %s', (from, to, unit, count) => {
    expect(diff(parse(from), parse(to), unit)).toBe(count);
  });

  it('is the opposite the other way round, and never too far', () => {
    fc.assert(
      fc.property(ofFourDigits, ofFourDigits, fc.constantFrom('1h', '1d', '2w', '1mo', '5mo'), (from, to, unit) => {
        const count = Number(diff(from, to, unit));
        expect(count).toBe(0 - Number(diff(to, from, unit)));
        expect(Object.is(count, -0)).toBe(false);
        if (!unit.endsWith('mo') || count <= 0) return;
        expect(Number(add(from, `P${count * parseInt(unit, 10)}M`))).toBeLessThanOrEqual(to);
      }),
    );
  });
});

describe('check', () => {
  const problems = (script: Json): string[] => check(script).map(({ code, path }) => `${code} ${path}`);

  it('reads formats, zones, units and durations that are written out', () => {
    expect(problems(['time.parse', ['$input'], '%Q', 'Mars/Base'])).toEqual(['malformed-format /2', 'unknown-zone /3']);
    expect(problems(['time.parse', ['$input'], '%V'])).toEqual(['malformed-format /2']);
    expect(problems(['time.format', ['$input'], '%V%', 'Mars/Base'])).toEqual([
      'malformed-format /2',
      'unknown-zone /3',
    ]);
    expect(problems(['time.floor', ['$input'], '1y', 'x'])).toEqual(['malformed-unit /2', 'unknown-zone /3']);
    expect(problems(['time.add', ['$input'], '1y', 'x'])).toEqual(['malformed-duration /2', 'unknown-zone /3']);
    expect(problems(['time.diff', 1, 2, ''])).toEqual(['malformed-unit /3']);
    expect(problems(['time.diff', 1, 2, ['$input', '/unit']])).toEqual([]);
  });
});
