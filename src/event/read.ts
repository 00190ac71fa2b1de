import { NumberText, type Json, type JsonObject } from 'computo-js';
import { parseJson, stringifyJson } from '../json/index.js';
import { AFTER_ID, BEFORE_DATA, BEFORE_ID, BEFORE_METADATA } from './frame.js';

/** What an event is given when it is stored, and keeps however often it is processed. */
export interface StoredOrigin {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly source: string;
  readonly pipeline: string;
  readonly retryCount: number;
  readonly routingKey?: string;
  /** Set for an input line that is not an event. It is stored so that its dead letter is written. */
  readonly refused?: RefusedLine;
  /** Set for a part that failed by itself: it continues after the stage with this name. */
  readonly afterStage?: string;
  /** Set for a tick, which is not an event but records that time passes without events. */
  readonly tick?: true;
}

/** Why an input line was not an event. The keys are those of the stored metadata. */
export interface RefusedLine {
  readonly kind: string;
  readonly message: string;
  /** Line number within its input, from 1. */
  readonly line: number;
}

export interface StoredEvent {
  readonly origin: StoredOrigin;
  /** The event's data as written in the line: JSON text, not validated. */
  readonly data: string;
}

/** Only the key itself can match: inside a string the quotes would be escaped, and the metadata has no such key. */
const METADATA_BEGINS = `${BEFORE_METADATA}{`;

/** The most recently read metadata, which most lines of a log share. */
let known: { readonly text: string; readonly metadata: StoredMetadata | undefined } | undefined;

/** The parsed `metadata` of an event. */
export type StoredMetadata = Omit<StoredOrigin, 'id' | 'timestamp'>;

/**
 * Reads an event's line, as the log stores it (without its crc) and `--envelope` prints it.
 *
 * @returns undefined when the line is not an event
 */
export function readStoredEvent(line: string): StoredEvent | undefined {
  const idEnd = line.indexOf('"', BEFORE_ID.length);
  const dataStart = line.indexOf(BEFORE_DATA, idEnd);
  const dataEnd = line.lastIndexOf(METADATA_BEGINS);
  const isOurs =
    line.startsWith(BEFORE_ID) && line.startsWith(AFTER_ID, idEnd) && dataStart > idEnd && dataEnd > dataStart;
  const id = line.slice(BEFORE_ID.length, idEnd);
  const timestamp = Number(line.slice(idEnd + AFTER_ID.length, dataStart));
  if (!isOurs || !Number.isSafeInteger(timestamp) || id.includes('\\')) return readCarefully(line);
  const metadata = readMetadata(line.slice(dataEnd + BEFORE_METADATA.length, line.trimEnd().length - 1));
  if (metadata === undefined) return readCarefully(line);
  return { origin: { id, timestamp, ...metadata }, data: line.slice(dataStart + BEFORE_DATA.length, dataEnd) };
}

/**
 * Parses an event's `metadata`; undefined if it is invalid.
 *
 * @param text its JSON
 */
export function readMetadata(text: string): StoredMetadata | undefined {
  if (known?.text === text) return known.metadata;
  let metadata: StoredMetadata | undefined;
  try {
    metadata = metadataOf(parseJson(text));
  } catch {
    metadata = undefined;
  }
  known = { text, metadata };
  return metadata;
}

/** Parses a reformatted line: accepts any order of keys and any white space. */
function readCarefully(line: string): StoredEvent | undefined {
  try {
    const event = parseJson(line, Number.POSITIVE_INFINITY);
    if (!isObject(event)) return undefined;
    const { id, timestamp, data } = event;
    const metadata = metadataOf(event['metadata']);
    if (typeof id !== 'string' || typeof timestamp !== 'number' || data === undefined || metadata === undefined) {
      return undefined;
    }
    return { origin: { id, timestamp, ...metadata }, data: stringifyJson(data) };
  } catch {
    return undefined;
  }
}

function metadataOf(value: Json | undefined): StoredMetadata | undefined {
  if (!isObject(value)) return undefined;
  const { source, pipeline, retry_count: retryCount, routing_key: routingKey, after_stage: afterStage } = value;
  if (typeof source !== 'string' || typeof pipeline !== 'string' || typeof retryCount !== 'number') return undefined;
  const refused = refusedOf(value['refused']);
  return {
    source,
    pipeline,
    retryCount,
    ...(typeof routingKey === 'string' && { routingKey }),
    ...(typeof afterStage === 'string' && { afterStage }),
    ...(refused && { refused }),
    ...(value['tick'] === true && { tick: true }),
  };
}

function refusedOf(value: Json | undefined): RefusedLine | undefined {
  if (!isObject(value)) return undefined;
  const { kind, message, line } = value;
  if (typeof kind !== 'string' || typeof message !== 'string' || typeof line !== 'number') return undefined;
  return { kind, message, line };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

/** What scripts see as `$inputs/1`. */
export function contextOf({ id, source, pipeline, retryCount, timestamp, routingKey }: StoredOrigin): Json {
  const context = { source, pipeline, retry_count: retryCount, event_id: id, timestamp };
  return routingKey === undefined ? context : { ...context, routing_key: routingKey };
}
