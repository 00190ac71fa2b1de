const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export const count = (value: number): string => whole.format(value);

/** Three digits suffice for a rate. */
export const rate = (value: number): string => (value >= 100 ? whole.format(value) : short.format(value));

/** The words are English; dates and times are as the reader writes them. */
const moment = new Intl.DateTimeFormat([...navigator.languages], { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat([...navigator.languages], { timeStyle: 'short' });

/** @param ms since the epoch */
export const dateAndTime = (ms: number): string => moment.format(ms);
export const timeOfDay = (ms: number): string => clock.format(ms);

/** US dollars: cents, and more digits where an amount would look like zero. */
export function money(usd: number): string {
  const places = usd === 0 || usd >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(usd)));
  return `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: Math.max(2, places) })}`;
}

export function seconds(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value < 1) return `${short.format(value * 1000)} ms`;
  if (value < 120) return `${short.format(value)} s`;
  return value < 7200 ? `${whole.format(value / 60)} min` : `${whole.format(value / 3600)} h`;
}
