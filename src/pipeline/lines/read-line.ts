import type { Json } from 'computo-js';
import { JsonDepthError, JsonSyntaxError, parseJson, parsePlain } from '../../json/index.js';
import { EventFailure } from '../failure.js';
import { tooLong } from './line-failure.js';

export interface LineLimits {
  /** Levels of nesting that data may have. */
  readonly depthMax: number;
  readonly lineBytesMax: number;
}

/**
 * A line as data.
 *
 * @param exactly whether the line may hold what only the exact parser keeps
 * @throws EventFailure
 */
export function readLine(text: string, exactly: boolean, { depthMax, lineBytesMax }: LineLimits): Json {
  refuseLong(text, lineBytesMax);
  return readData(text, exactly, depthMax);
}

/** @throws EventFailure for a line over the limit */
export function refuseLong(text: string, lineBytesMax: number): void {
  // No character takes more than three bytes, so a short text need not be measured.
  if (text.length * 3 > lineBytesMax) {
    const lineBytes = Buffer.byteLength(text);
    if (lineBytes > lineBytesMax) throw tooLong(lineBytes, lineBytesMax);
  }
}

/** {@link readLine} of any length. */
export function readData(text: string, exactly: boolean, depthMax: number): Json {
  try {
    return exactly ? parseJson(text, depthMax) : parsePlain(text, depthMax);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new EventFailure(error instanceof JsonDepthError ? 'nested_too_deep' : 'invalid_json', error.message);
  }
}

/** Whether the line is no input at all. */
export function isBlank(text: string): boolean {
  return text.length === 0 || (text.charCodeAt(0) <= 0x20 && /^[ \t\r]*$/.test(text));
}
