import type { CodeFrame, FrameLine } from './diagnostic.js';

const LINES_BEFORE = 2;
const LINES_AFTER = 1;
/** Wider lines are cut around the place: a script may be one line of a megabyte. */
const WIDTH_MAX = 160;
const CUT = '…';

/** A key that holds a secret, and what is written after it on the line. A reference to the environment is no secret. */
const SECRET_ON_LINE = /((?:api_key|tokens?|password|secret|authorization)["']?\s*:\s*)(?!\s*["']?\$\{)(\S.*)$/i;

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
  const to = Math.min(starts.length, line + LINES_AFTER);
  const marked = lineText(text, starts, line);
  const left =
    marked.length <= WIDTH_MAX ? 0 : Math.max(0, Math.min(column - 1 - WIDTH_MAX / 2, marked.length - WIDTH_MAX));
  const lines: FrameLine[] = [];
  for (let number = from; number <= to; number++) {
    lines.push({ number, text: cut(hideSecrets(lineText(text, starts, number)), number === line ? left : 0) });
  }
  const caretStart = Math.max(0, Math.min(column - 1, marked.length) - left + (left > 0 ? CUT.length : 0));
  const room = Math.min(marked.length - (column - 1), WIDTH_MAX - (caretStart - (left > 0 ? CUT.length : 0)));
  return { lines, line, caretStart, caretLength: Math.max(1, Math.min(length, room)) };
}

function lineText(text: string, starts: readonly number[], line: number): string {
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

/** Stars keep the columns where they are. */
function hideSecrets(line: string): string {
  return line.replace(SECRET_ON_LINE, (_, key: string, value: string) => key + '*'.repeat(value.length));
}
