import { modulo } from './calendar.js';
import { threeDigits, twoDigits, yearText } from './digits.js';
import { dayOfYear, isoWeek, type Moment } from './moment.js';
import {
  behindSpace,
  readEpochSecond,
  readFraction,
  readName,
  readNumber,
  readOffset,
  readShortYear,
  readYear,
  type Read,
} from './read.js';

/** A letter after `%` in a format. */
export interface Directive {
  /** What the directive stands for, for error messages. */
  readonly noun: string;
  readonly print: (moment: Moment) => string;
  /** Absent if the printed text is not enough to read a time. */
  readonly read?: Read;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The directives of strftime that mean the same everywhere, plus `%f` for fractions and `%s` for seconds since 1970. */
export const DIRECTIVES: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['Y', { noun: 'a year of four digits', print: ({ year }) => yearText(year), read: readYear }],
  ['y', { noun: 'a year of two digits', print: ({ year }) => twoDigits(modulo(year, 100)), read: readShortYear }],
  ['m', { noun: 'a month', print: ({ month }) => twoDigits(month), read: readNumber('month', 2, 1, 12) }],
  ['d', { noun: 'a day', print: ({ day }) => twoDigits(day), read: readNumber('day', 2, 1, 31) }],
  ['e', { noun: 'a day', print: ({ day }) => String(day).padStart(2), read: behindSpace(readNumber('day', 2, 1, 31)) }],
  [
    'j',
    {
      noun: 'a day of the year',
      print: ({ days, year }) => threeDigits(dayOfYear(days, year)),
      read: readNumber('dayOfYear', 3, 1, 366),
    },
  ],
  ['H', { noun: 'an hour', print: ({ hour }) => twoDigits(hour), read: readNumber('hour', 2, 0, 23) }],
  [
    'I',
    {
      noun: 'an hour from 1 to 12',
      print: ({ hour }) => twoDigits(((hour + 11) % 12) + 1),
      read: readNumber('hourOfHalf', 2, 1, 12),
    },
  ],
  ['M', { noun: 'a minute', print: ({ minute }) => twoDigits(minute), read: readNumber('minute', 2, 0, 59) }],
  ['S', { noun: 'a second', print: ({ second }) => twoDigits(second), read: readNumber('second', 2, 0, 59) }],
  [
    'f',
    {
      noun: 'a fraction of one to nine digits',
      print: ({ millisecond }) => `${threeDigits(millisecond)}000`,
      read: readFraction,
    },
  ],
  ['p', { noun: 'AM or PM', print: ({ hour }) => (hour < 12 ? 'AM' : 'PM'), read: readName('half', ['AM', 'PM'], 0) }],
  ['a', namedDirective('weekday', 'the short name of a weekday', shortened(WEEKDAYS), 0)],
  ['A', namedDirective('weekday', 'the name of a weekday', WEEKDAYS, 0)],
  ['b', namedDirective('month', 'the short name of a month', shortened(MONTHS), 1)],
  ['h', namedDirective('month', 'the short name of a month', shortened(MONTHS), 1)],
  ['B', namedDirective('month', 'the name of a month', MONTHS, 1)],
  ['z', { noun: 'an offset like +0200', print: ({ offset }) => offsetText(offset), read: readOffset }],
  [
    's',
    { noun: 'seconds since 1970', print: ({ instant }) => String(Math.floor(instant / 1000)), read: readEpochSecond },
  ],
  ['u', { noun: 'a weekday from 1', print: ({ weekday }) => String(weekday === 0 ? 7 : weekday) }],
  ['w', { noun: 'a weekday from 0', print: ({ weekday }) => String(weekday) }],
  ['G', { noun: 'the year of a week', print: ({ days }) => yearText(isoWeek(days).year) }],
  ['V', { noun: 'a week', print: ({ days }) => twoDigits(isoWeek(days).week) }],
]);

/** Directives that stand for several others. */
export const COMPOSITES: ReadonlyMap<string, string> = new Map([
  ['F', '%Y-%m-%d'],
  ['D', '%m/%d/%y'],
  ['T', '%H:%M:%S'],
  ['R', '%H:%M'],
  ['r', '%I:%M:%S %p'],
  ['n', '\n'],
  ['t', '\t'],
]);

/** Only offsets from before time zones were introduced have seconds. */
function offsetText(offset: number): string {
  const seconds = Math.abs(offset) / 1000;
  const rest = Math.floor(seconds % 60);
  const minutes = `${twoDigits(Math.floor(seconds / 3600))}${twoDigits(Math.floor(seconds / 60) % 60)}`;
  return `${offset < 0 ? '-' : '+'}${minutes}${rest === 0 ? '' : twoDigits(rest)}`;
}

function shortened(names: readonly string[]): string[] {
  return names.map((name) => name.slice(0, 3));
}

function namedDirective(field: 'weekday' | 'month', noun: string, names: readonly string[], first: number): Directive {
  return { noun, print: (moment) => names[moment[field] - first] ?? '', read: readName(field, names, first) };
}
