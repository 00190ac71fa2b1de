import type { CodeFrame, FrameLine } from './diagnostic.js';
import { blanked } from './visible.js';
import { hideSecrets, isSecretItem } from './hide-secrets.js';

const LINES_BEFORE = 2;
const LINES_AFTER = 1;
/** Wider lines are truncated around the place: a script may be one line of a megabyte. */
const WIDTH_MAX = 160;
/** How much of a line beyond the visible part is searched for the key of a secret. */
const MARGIN = 200;
const CUT = '…';
/** How many lines above a line are searched for the key whose list the line may belong to. */
const LOOK_BACK = 20;

/**
 * Extracts the lines around a place from a text.
 *
 * @param starts the offsets at which the text's lines start
 * @param line from 1
 * @param column from 1
 * @param length the number of characters to mark; limited to the end of the line, at least 1
 */
export function codeFrame(
  text: string,
  starts: readonly number[],
  line: number,
  column: number,
  length: number,
): CodeFrame {
  const from = Math.max(1, line - LINES_BEFORE);
  // The text behind the last newline is not a line, unless the place is there.
  const last = starts.at(-1) === text.length ? starts.length - 1 : starts.length;
  const to = Math.max(line, Math.min(last, line + LINES_AFTER));

  const extent = lineLength(text, starts, line);
  const left = extent <= WIDTH_MAX ? 0 : Math.max(0, Math.min(column - 1 - WIDTH_MAX / 2, extent - WIDTH_MAX));
  const lines: FrameLine[] = [];
  for (let number = from; number <= to; number++) {
    const above = Array.from({ length: LOOK_BACK }, (_, back) => lineText(text, starts, number - 1 - back, 0, MARGIN));
    const isItem = isSecretItem(lineText(text, starts, number, 0, MARGIN), above);
    lines.push({ number, text: shownLine(text, starts, number, number === line ? left : 0, isItem) });
  }
  const shift = left > 0 ? CUT.length - left : 0;
  const caretStart = Math.max(0, Math.min(column - 1, extent) + shift);
  const room = Math.min(extent - (column - 1), WIDTH_MAX - (column - 1 - left));
  return { lines, line, caretStart, caretLength: Math.max(1, Math.min(length, room)) };
}

function shownLine(text: string, starts: readonly number[], line: number, left: number, isItem: boolean): string {
  const margin = Math.min(left, MARGIN);
  const around = hideSecrets(lineText(text, starts, line, left - margin, margin + WIDTH_MAX + MARGIN), isItem);
  const head = left > 0 ? CUT : '';
  const tail = left + WIDTH_MAX < lineLength(text, starts, line) ? CUT : '';
  return head + around.slice(margin, margin + WIDTH_MAX) + tail;
}

function lineLength(text: string, starts: readonly number[], line: number): number {
  const start = starts[line - 1] ?? text.length;
  let end = starts[line] ?? text.length;
  if (end > start && text.charAt(end - 1) === '\n') end -= 1;
  if (end > start && text.charAt(end - 1) === '\r') end -= 1;
  return end - start;
}

/** Returns part of a line, which may be long. Replaces invisible characters, which would shift the caret or garble a terminal. */
function lineText(text: string, starts: readonly number[], line: number, from: number, length: number): string {
  if (line < 1) return '';
  const start = (starts[line - 1] ?? text.length) + from;
  const end = Math.min(start + length, start - from + lineLength(text, starts, line));
  return blanked(text.slice(start, Math.max(start, end)));
}
