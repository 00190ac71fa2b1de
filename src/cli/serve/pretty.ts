import { visible, type Palette } from '../../config/diagnostic/index.js';

const PLAIN_WORD = /^[^\s"'=\\\p{C}]+$/u;

/**
 * Formats a line of the log for people: `12:34:56.789 warn  processing waits pipeline=orders`.
 *
 * @param json one JSON object: `level`, `time` (ISO 8601), `msg`, and any other fields
 */
export function prettyLine(json: string, palette: Palette): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const shown = Object.entries(fields).map(
    ([name, value]) => ` ${palette.faint(`${visible(name)}=`)}${shownValue(value)}`,
  );
  const word = String(level);
  return `${palette.faint(String(time).slice(11, 23))} ${paint(word, palette)} ${visible(String(msg))}${shown.join('')}\n`;
}

/** Quotes a value that could be mistaken for something else, or would move the terminal's cursor. */
function shownValue(value: unknown): string {
  return typeof value === 'string' && PLAIN_WORD.test(value) ? value : visible(JSON.stringify(value));
}

function paint(level: string, palette: Palette): string {
  const word = level.padEnd(5);
  if (level === 'error') return palette.error(word);
  if (level === 'warn') return palette.warning(word);
  return level === 'debug' ? palette.faint(word) : word;
}
