export const SEPARATOR = ' · ';

/** A bar is this wide, on terminals that are wide enough for it and some words. */
const BAR_WIDTH = 20;
const COLUMNS_FOR_BAR = 60;

/** What our own words consist of, besides ASCII: one column each. */
const NARROW = '·–━─›…';

/** How many columns a text takes at most. Letters of other scripts may take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const letter of text) columns += letter <= '\u007e' || NARROW.includes(letter) ? 1 : 2;
  return columns;
}

/**
 * As many of the parts as fit a line of a terminal, one that would wrap could not be taken away again.
 *
 * @param parts the most important first
 * @param share how much is done, 0 to 1: drawn as a bar before them, where there is room
 */
export function fitting([first = '', ...rest]: readonly string[], columns: number, share?: number): string {
  const bar = share === undefined || columns < COLUMNS_FOR_BAR ? '' : `${barOf(share)} `;
  const room = columns - 1 - columnsOf(bar);
  let line = '';
  for (const letter of first) {
    if (columnsOf(line + letter) > room) break;
    line += letter;
  }
  for (const part of rest) {
    const longer = `${line}${SEPARATOR}${part}`;
    if (columnsOf(longer) > room) break;
    line = longer;
  }
  return bar + line;
}

function barOf(share: number): string {
  const done = Math.floor(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '━'.repeat(done) + '─'.repeat(BAR_WIDTH - done);
}
