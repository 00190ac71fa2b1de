import { shorten } from '../../value/index.js';
import { OptionProblem } from '../option.js';
import { MS_PER_DAY } from './calendar.js';

/** A length of time for dividing or counting time. */
export interface Unit {
  /** Times of day have a fixed length, and so have days and weeks outside a zone. Months do not. */
  readonly kind: 'time' | 'day' | 'week' | 'month';
  readonly count: number;
  /** Total length in milliseconds; 0 for months. */
  readonly milliseconds: number;
}

const UNITS: Readonly<Record<string, Omit<Unit, 'count'>>> = {
  s: { kind: 'time', milliseconds: 1000 },
  m: { kind: 'time', milliseconds: 60_000 },
  h: { kind: 'time', milliseconds: 3_600_000 },
  d: { kind: 'day', milliseconds: MS_PER_DAY },
  w: { kind: 'week', milliseconds: 7 * MS_PER_DAY },
  mo: { kind: 'month', milliseconds: 0 },
};

const FORM = /^([1-9][0-9]{0,5})(s|m|h|d|w|mo)$/;

/**
 * Reads a unit such as `15m`, `1d` or `3mo`: a positive integer and one or two letters.
 *
 * @throws OptionProblem for anything else
 */
export function readUnit(text: string): Unit {
  const [, digits, letters = ''] = FORM.exec(text) ?? [];
  const unit = UNITS[letters];
  if (digits === undefined || unit === undefined) {
    const names = Object.keys(UNITS).join(', ');
    throw new OptionProblem(
      `a unit of time is a positive integer and one of ${names}, like "15m", got ${JSON.stringify(shorten(text))}`,
    );
  }
  const count = Number(digits);
  return { kind: unit.kind, count, milliseconds: count * unit.milliseconds };
}
