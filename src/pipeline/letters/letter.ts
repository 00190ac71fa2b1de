import { NumberText, type Json, type JsonObject } from 'computo-js';
import { parseJson, stringifyJson } from '../../json/index.js';

/** A dead letter whose event can be retried. */
export interface Letter {
  /** The event as one line, without its newline, with `retry_count` increased by one. */
  readonly event: string;
  /** The pipeline in which it failed; undefined if the letter does not say. */
  readonly pipeline: string | undefined;
  /** Identifies the letter; derived from the event as written in it. {@link MARK_DIGITS} hexadecimal digits. */
  readonly mark: string;
}

/** Fills in what an event lacks if somebody wrote or edited the letter by hand. */
export interface LetterDefaults {
  readonly source: string;
  readonly pipeline: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** 64 bits. */
export const MARK_DIGITS = 16;

/** Parses a line of a dead-letter file; undefined if it holds no event that could be sent anywhere. */
export function readLetter(line: string, defaults: LetterDefaults): Letter | undefined {
  let letter: Json;
  try {
    letter = parseJson(line, Number.POSITIVE_INFINITY);
  } catch {
    return undefined;
  }
  const event = isObject(letter) ? letter['event'] : undefined;
  if (!isObject(event) || event['data'] === undefined) return undefined;
  const metadata = isObject(event['metadata']) ? event['metadata'] : {};
  const retries = typeof metadata['retry_count'] === 'number' ? metadata['retry_count'] : 0;
  const pipeline = typeof metadata['pipeline'] === 'string' ? metadata['pipeline'] : undefined;
  const digest = digestOf(stringifyJson(event));
  const timestamp = wholeNumber(event['timestamp']) ?? defaults.timestamp;
  const again = {
    id: typeof event['id'] === 'string' && event['id'] !== '' ? event['id'] : idOf(digest, timestamp),
    timestamp,
    data: event['data'],
    metadata: {
      ...metadata,
      source: typeof metadata['source'] === 'string' ? metadata['source'] : defaults.source,
      pipeline: pipeline ?? defaults.pipeline,
      retry_count: retries + 1,
    },
  };
  return { event: stringifyJson(again), pipeline, mark: digest.slice(0, MARK_DIGITS) };
}

function digestOf(text: string): string {
  // Loaded on demand, because most runs retry no letters.
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}

/** Makes an id for an event without one: the same each time, in the form of other ids. */
function idOf(digest: string, timestamp: number): string {
  const time = timestamp.toString(16).padStart(12, '0').slice(-12);
  const rest = [digest.slice(0, 3), digest.slice(3, 6), digest.slice(6, 18)] as const;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest[0]}-8${rest[1]}-${rest[2]}`;
}

function wholeNumber(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}
