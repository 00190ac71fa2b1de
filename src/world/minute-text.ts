/** A time to the minute, in UTC, for people: `2026-03-29T02:30Z`. @param time milliseconds since the epoch */
export function minuteText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
