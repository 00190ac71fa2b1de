import { isUtf8 } from 'node:buffer';
import { NumberText, parsePointer, type Json } from 'computo-js';
import { JsonDepthError, JsonSyntaxError, parseJson, stringifyJson } from '../json/index.js';
import { createScanner, readValue, textOf, type Scanner, type Text } from '../json/scan/index.js';
import { EventFailure, notUtf8 } from '../pipeline/index.js';

const NEWLINE = 0x0a;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A JSON value as it is stored: its own bytes, on one line. */
export interface EventText {
  readonly data: Buffer | string;
  /** The value at the idempotency pointer, as text. */
  readonly key?: string;
}

/** The text is not JSON; says where. */
export class JsonFailure extends EventFailure {
  constructor(
    kind: 'invalid_json' | 'nested_too_deep',
    message: string,
    /** From 1. */
    readonly line: number,
    /** From 1, in UTF-16 code units. */
    readonly column: number,
  ) {
    super(kind, message);
  }
}

/** Prefix of a key that an event contains. No header can hold it, so such a key never equals a request's key. */
const CARRIED = '\u0001';

/** Verifies that bytes are one JSON value, and finds its idempotency key. Builds values only where necessary. */
export class EventReader {
  readonly #scanner: Scanner;
  readonly #pointer: readonly string[] | undefined;

  /**
   * @param depthMax levels of nesting that data may have
   * @param keyPointer JSON Pointer to an event's idempotency key
   */
  constructor(
    private readonly depthMax: number,
    keyPointer?: string,
  ) {
    this.#pointer = keyPointer === undefined ? undefined : parsePointer(keyPointer);
    this.#scanner = createScanner(this.#pointer === undefined ? [] : [this.#pointer], depthMax);
  }

  /**
   * Reads a whole body. Skips a byte order mark at its start.
   *
   * @param bytes the body and a newline
   * @throws EventFailure (JsonFailure with the position)
   */
  readBody(bytes: Buffer): EventText {
    if (!isUtf8(bytes)) throw notUtf8(bytes);
    const text = textOf(bytes);
    const start = markBytes(bytes);
    if (this.#scanner.scan(text, start) === bytes.length - 1) return this.#scanned(text, start, bytes.length - 1);
    return this.#readCarefully(bytes.toString('utf8', start, bytes.length - 1));
  }

  /**
   * Reads a block of lines, in order.
   *
   * @param bytes whole lines, each with its newline
   * @param onEvent called for each line that is an event; its data shares the block's memory
   * @param onFailure called for each line that is not; blank lines are skipped
   * @returns how many lines there were, including blank ones
   */
  readLines(
    bytes: Buffer,
    onEvent: (event: EventText, lineInBlock: number) => void,
    onFailure: (failure: EventFailure, line: Buffer, lineInBlock: number) => void,
  ): number {
    const allUtf8 = isUtf8(bytes);
    const text = textOf(bytes);
    let line = 0;
    for (let at = 0; at < bytes.length; line++) {
      const scanned = allUtf8 ? this.#scanner.scan(text, at) : -1;
      const end = scanned === -1 ? bytes.indexOf(NEWLINE, at) : scanned;
      if (scanned !== -1) onEvent(this.#scanned(text, at, end), line);
      else this.#readRefused(bytes.subarray(at, end), line, onEvent, onFailure);
      at = end + 1;
    }
    return line;
  }

  #readRefused(
    line: Buffer,
    lineInBlock: number,
    onEvent: (event: EventText, lineInBlock: number) => void,
    onFailure: (failure: EventFailure, line: Buffer, lineInBlock: number) => void,
  ): void {
    try {
      if (!isUtf8(line)) throw notUtf8(line);
      const text = line.toString('utf8');
      if (text.trim() !== '') onEvent(this.#readCarefully(text), lineInBlock);
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      onFailure(error, line, lineInBlock);
    }
  }

  /** Reads what the scanner accepted: the value, and white space around it. */
  #scanned(text: Text, start: number, end: number): EventText {
    const data = trimmed(text.bytes, start, end);
    const key = this.#pointer === undefined ? undefined : keyOf(readValue(this.#scanner, 0, text));
    return key === undefined ? { data } : { data, key };
  }

  /** Leaves the decision to the full parser. */
  #readCarefully(text: string): EventText {
    let value: Json;
    try {
      value = parseJson(text, this.depthMax);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw failureAt(text, error);
    }
    // Line breaks in JSON occur only between tokens.
    const data = text.trim().replaceAll(/[\r\n]/g, ' ');
    const key = this.#pointer === undefined ? undefined : keyOf(valueAt(value, this.#pointer));
    return key === undefined ? { data } : { data, key };
  }
}

/** The length of the byte order mark at the start of a text; it is not part of the text. */
export function markBytes(bytes: Buffer): number {
  return MARK.equals(bytes.subarray(0, MARK.length)) ? MARK.length : 0;
}

function trimmed(bytes: Buffer, from: number, to: number): Buffer {
  let start = from;
  let end = to;
  while (start < end && (bytes[start] ?? 0) <= 0x20) start += 1;
  while (end > start && (bytes[end - 1] ?? 0) <= 0x20) end -= 1;
  return bytes.subarray(start, end);
}

function failureAt(text: string, error: JsonSyntaxError): JsonFailure {
  const before = text.slice(0, error.offset).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const kind = error instanceof JsonDepthError ? 'nested_too_deep' : 'invalid_json';
  const place = line === 1 ? `column ${column}` : `line ${line}, column ${column}`;
  return new JsonFailure(kind, `${error.problem} at ${place}`, line, column);
}

/** A key is a string, or a number as printed. Any other value is not a key. */
function keyOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : CARRIED + value;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberText) {
    return CARRIED + stringifyJson(value);
  }
  return undefined;
}

function valueAt(value: Json, segments: readonly string[]): Json | undefined {
  let current: Json | undefined = value;
  for (const segment of segments) {
    if (typeof current !== 'object' || current === null || current instanceof NumberText) return undefined;
    current = Object.hasOwn(current, segment) ? (current as Readonly<Record<string, Json>>)[segment] : undefined;
  }
  return current;
}
