import type { Json } from 'computo-js';
import { JsonDepthError, JsonSyntaxError, parseJson, parsePlain } from '../../json/index.js';
import { EventFailure } from '../failure.js';
import { tooLong } from './line-failure.js';

export interface LineLimits {
  /** The maximum nesting depth of data. */
  readonly depthMax: number;
  readonly lineBytesMax: number;
}

/**
 * Parses a line as data.
 *
 * @param exactly whether the line may contain what only the exact parser preserves
 * @throws EventFailure
 */
export function readLine(text: string, exactly: boolean, { depthMax, lineBytesMax }: LineLimits): Json {
  refuseLong(text, lineBytesMax);
  return readData(text, exactly, depthMax);
}

/** Rejects a line over the limit. @throws EventFailure */
export function refuseLong(text: string, lineBytesMax: number): void {
  // No UTF-16 unit takes more than three bytes, so a short text need not be measured.
  if (text.length * 3 > lineBytesMax) {
    const lineBytes = Buffer.byteLength(text);
    if (lineBytes > lineBytesMax) throw tooLong(lineBytes, lineBytesMax);
  }
}

/** Like {@link readLine}, for any length. */
export function readData(text: string, exactly: boolean, depthMax: number): Json {
  try {
    return exactly ? parseJson(text, depthMax) : parsePlain(text, depthMax);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new EventFailure(error instanceof JsonDepthError ? 'nested_too_deep' : 'invalid_json', error.message);
  }
}

/** Whether the line is blank, and so not input. */
export function isBlank(text: string): boolean {
  return text.length === 0 || (text.charCodeAt(0) <= 0x20 && /^[ \t\r]*$/.test(text));
}
