import type { CodeFrame, FrameLine } from './diagnostic.js';
import { hideSecrets, isSecretItem } from './hide-secrets.js';

const LINES_BEFORE = 2;
const LINES_AFTER = 1;
/** Wider lines are cut around the place: a script may be one line of a megabyte. */
const WIDTH_MAX = 160;
const CUT = '…';
/** How far above a line it is looked for the key whose list it may belong to. */
const LOOK_BACK = 20;

/**
 * Cuts the lines around a place out of a text.
 *
 * @param starts the offsets at which the text's lines start
 * @param line from 1
 * @param column from 1
 * @param length how many characters to mark; cut at the end of the line, at least 1
 */
export function codeFrame(
  text: string,
  starts: readonly number[],
  line: number,
  column: number,
  length: number,
): CodeFrame {
  const from = Math.max(1, line - LINES_BEFORE);
  // The line after the last newline is no line, unless the place itself is there.
  const last = starts.at(-1) === text.length ? starts.length - 1 : starts.length;
  const to = Math.max(line, Math.min(last, line + LINES_AFTER));
  const marked = lineText(text, starts, line);
  const left =
    marked.length <= WIDTH_MAX ? 0 : Math.max(0, Math.min(column - 1 - WIDTH_MAX / 2, marked.length - WIDTH_MAX));
  const lines: FrameLine[] = [];
  for (let number = from; number <= to; number++) {
    const above = Array.from({ length: LOOK_BACK }, (_, back) => lineText(text, starts, number - 1 - back));
    const shown = hideSecrets(lineText(text, starts, number), isSecretItem(above));
    lines.push({ number, text: cut(shown, number === line ? left : 0) });
  }
  const caretStart = Math.max(0, Math.min(column - 1, marked.length) - left + (left > 0 ? CUT.length : 0));
  const room = Math.min(marked.length - (column - 1), WIDTH_MAX - (caretStart - (left > 0 ? CUT.length : 0)));
  return { lines, line, caretStart, caretLength: Math.max(1, Math.min(length, room)) };
}

function lineText(text: string, starts: readonly number[], line: number): string {
  if (line < 1) return '';
  const start = starts[line - 1] ?? text.length;
  const end = starts[line] ?? text.length;
  // Tabs and control characters would shift the caret or garble a terminal.
  return text
    .slice(start, end)
    .replace(/\r?\n$/, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

function cut(line: string, left: number): string {
  if (left === 0 && line.length <= WIDTH_MAX) return line;
  const head = left > 0 ? CUT : '';
  const tail = left + WIDTH_MAX < line.length ? CUT : '';
  return head + line.slice(left, left + WIDTH_MAX) + tail;
}
