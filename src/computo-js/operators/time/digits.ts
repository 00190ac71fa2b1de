/** The numbers from 0 to 99 in two digits, because times consist of them. */
const PAIRS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/** Returns a number from 0 to 99 in two digits. */
export function twoDigits(number: number): string {
  return PAIRS[number] ?? '';
}

/** Returns a number from 0 to 999 in three digits. */
export function threeDigits(number: number): string {
  return number < 100 ? `0${twoDigits(number)}` : String(number);
}

/** Formats a year as in ISO 8601: a year that does not have four digits gets six and a sign. */
export function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return `${twoDigits(Math.floor(year / 100))}${twoDigits(year % 100)}`;
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
}
