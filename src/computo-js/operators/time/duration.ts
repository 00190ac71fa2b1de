import { shorten } from '../../value/index.js';
import { OptionProblem } from '../option.js';

/** A distance from a time: first by the calendar, then by the clock. All parts of a negative duration are negative. */
export interface Duration {
  readonly months: number;
  readonly days: number;
  /** Rounded toward the past. */
  readonly milliseconds: number;
}

const LENGTH_MAX = 100;
const DATE = /^([+-]?)P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(.*))?$/;
/** Only the last part present may have a fraction. */
const TIME = /^(?:(\d+)(?:[.,](\d{1,9})(?=H$))?H)?(?:(\d+)(?:[.,](\d{1,9})(?=M$))?M)?(?:(\d+)(?:[.,](\d{1,9}))?S)?$/;
const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;
const MS_PER_SECOND = 1000;

/**
 * Reads a duration of ISO 8601, like `P1M`, `-P1DT2H` or `PT0.5S`.
 *
 * @throws OptionProblem for anything else
 */
export function readDuration(text: string): Duration {
  const date = text.length > LENGTH_MAX ? null : DATE.exec(text);
  const time = date === null ? null : TIME.exec(date[6] ?? '');
  if (date === null || time === null) {
    throw new OptionProblem(
      `a duration has the form of ISO 8601, like "P1M", "P1DT2H" or "-PT0.5S", got ${JSON.stringify(shorten(text))}`,
    );
  }
  const [, sign, years, months, weeks, days] = date;
  const [, hours, hourFraction, minutes, minuteFraction, seconds, secondFraction] = time;
  const direction = sign === '-' ? -1 : 1;
  const whole = numberOf(hours) * MS_PER_HOUR + numberOf(minutes) * MS_PER_MINUTE + numberOf(seconds) * MS_PER_SECOND;
  // At most one of them is present.
  const beside =
    fractionOf(hourFraction, MS_PER_HOUR) +
    fractionOf(minuteFraction, MS_PER_MINUTE) +
    fractionOf(secondFraction, MS_PER_SECOND);
  return {
    months: direction * (12 * numberOf(years) + numberOf(months)),
    days: direction * (7 * numberOf(weeks) + numberOf(days)),
    milliseconds: direction * whole + Math.floor(direction * beside),
  };
}

/** Exact, because nine digits of a fraction times the milliseconds of an hour are an integer that a double holds. */
function fractionOf(digits: string | undefined, unit: number): number {
  return digits === undefined ? 0 : (Number(digits) * unit) / 10 ** digits.length;
}

function numberOf(digits: string | undefined): number {
  return Number(digits ?? 0);
}
