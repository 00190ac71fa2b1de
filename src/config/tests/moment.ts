const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Reads a moment, in UTC unless it names an offset.
 *
 * @returns milliseconds since the epoch; undefined if there is no such moment
 */
export function momentOf(text: string): number | undefined {
  const [, day = '', time = '00:00', zone = 'Z'] = MOMENT.exec(text.trim()) ?? [];
  const midnight = Date.parse(`${day}T00:00Z`);
  // Date.parse takes February 31st for March 3rd.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return undefined;
  const moment = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(moment) || moment < 0 ? undefined : moment;
}
