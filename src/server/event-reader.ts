import { isUtf8 } from 'node:buffer';
import { NumberText, parsePointer, type Json } from 'computo-js';
import { JsonDepthError, JsonSyntaxError, parseJson, stringifyJson } from '../json/index.js';
import { createScanner, readValue, textOf, type Scanner, type Text } from '../json/scan/index.js';
import { EventFailure, notUtf8 } from '../pipeline/index.js';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A JSON value as it is stored: its own bytes, on one line. */
export interface EventText {
  readonly data: Buffer | string;
  /** The value at the idempotency pointer, as text. */
  readonly key?: string;
}

/**
 * Takes a line that is an event.
 *
 * @param start where its value starts in the block; `end` is one past the value's last byte
 * @param key the value at the idempotency pointer
 */
type OnEvent = (start: number, end: number, key: string | undefined, lineInBlock: number) => void;

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
   * @param onEvent called for each line that is an event, with where its data starts and ends
   * @param onFailure called for each line that is not; blank lines are skipped
   * @returns how many lines there were, including blank ones
   */
  readLines(
    bytes: Buffer,
    onEvent: OnEvent,
    onFailure: (failure: EventFailure, line: Buffer, lineInBlock: number) => void,
  ): number {
    const allUtf8 = isUtf8(bytes);
    const text = textOf(bytes);
    let line = 0;
    for (let at = 0; at < bytes.length; line++) {
      const scanned = allUtf8 ? this.#scanner.scan(text, at) : -1;
      const end = scanned === -1 ? bytes.indexOf(NEWLINE, at) : scanned;
      if (scanned !== -1) giveLine(bytes, at, end, this.#scannedKey(text), line, onEvent);
      else this.#readRefused(bytes, at, end, line, onEvent, onFailure);
      at = end + 1;
    }
    return line;
  }

  #readRefused(
    bytes: Buffer,
    start: number,
    end: number,
    lineInBlock: number,
    onEvent: OnEvent,
    onFailure: (failure: EventFailure, line: Buffer, lineInBlock: number) => void,
  ): void {
    const line = bytes.subarray(start, end);
    try {
      if (!isUtf8(line)) throw notUtf8(line);
      const text = line.toString('utf8');
      if (text.trim() !== '') giveLine(bytes, start, end, this.#parsedKey(text), lineInBlock, onEvent);
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      onFailure(error, line, lineInBlock);
    }
  }

  /** Reads what the scanner accepted: the value, and white space around it. */
  #scanned(text: Text, start: number, end: number): EventText {
    const { bytes } = text;
    const data = bytes.subarray(skipSpace(bytes, start, end), skipSpaceBack(bytes, start, end));
    return eventText(data, this.#scannedKey(text));
  }

  /** The idempotency key in the value that was scanned last. */
  #scannedKey(text: Text): string | undefined {
    return this.#pointer === undefined ? undefined : keyOf(readValue(this.#scanner, 0, text));
  }

  /** Leaves the decision to the full parser. */
  #readCarefully(text: string): EventText {
    const key = this.#parsedKey(text);
    // Line breaks in JSON occur only between tokens.
    return eventText(text.trim().replaceAll(/[\r\n]/g, ' '), key);
  }

  /** The idempotency key in a value that is parsed. @throws JsonFailure */
  #parsedKey(text: string): string | undefined {
    let value: Json;
    try {
      value = parseJson(text, this.depthMax);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw failureAt(text, error);
    }
    return this.#pointer === undefined ? undefined : keyOf(valueAt(value, this.#pointer));
  }
}

/** Gives a line's value without the white space around it. */
function giveLine(
  bytes: Buffer,
  from: number,
  to: number,
  key: string | undefined,
  lineInBlock: number,
  onEvent: OnEvent,
): void {
  onEvent(skipSpace(bytes, from, to), skipSpaceBack(bytes, from, to), key, lineInBlock);
}

function eventText(data: Buffer | string, key: string | undefined): EventText {
  return key === undefined ? { data } : { data, key };
}

/** The length of the byte order mark at the start of a text; it is not part of the text. */
export function markBytes(bytes: Buffer): number {
  return MARK.equals(bytes.subarray(0, MARK.length)) ? MARK.length : 0;
}

/** Where a value starts that may have white space before it. */
function skipSpace(bytes: Buffer, from: number, to: number): number {
  let start = from;
  while (start < to && (bytes[start] as number) <= SPACE) start += 1;
  return start;
}

/** Where a value ends that may have white space behind it. */
function skipSpaceBack(bytes: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && (bytes[end - 1] as number) <= SPACE) end -= 1;
  return end;
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
