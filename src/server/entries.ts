import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { LogEntry } from '../log/index.js';
import { HttpError } from './http-error.js';

const PIPELINE_DEFAULT = 'default';
const FINGERPRINT_DIGITS = 32;
const KEY_CHARACTERS_MAX = 255;
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * The pipeline that a request is for.
 *
 * @param named the path's last segment, decoded; undefined for the default pipeline
 * @param known the existing pipelines; undefined: any name is valid
 * @throws HttpError 404
 */
export function pipelineOf(named: string | undefined, known: ReadonlySet<string> | undefined): string {
  const name = named ?? PIPELINE_DEFAULT;
  if (known?.has(name) ?? NAME.test(name)) return name;
  const names = known === undefined ? '' : `; there are: ${[...known].map((one) => `/events/${one}`).join(', ')}`;
  throw new HttpError(404, 'Not found', `no pipeline ${JSON.stringify(name.slice(0, 100))}${names}`);
}

/**
 * The request's own idempotency key.
 *
 * @throws HttpError 400 when it is too long or empty
 */
export function idempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key.length === 0 || key.length > KEY_CHARACTERS_MAX) {
    throw new HttpError(
      400,
      'Bad request',
      `an Idempotency-Key must have 1 to ${KEY_CHARACTERS_MAX} characters and be given only once`,
    );
  }
  return key;
}

/** Returns an event in the form that the log stores. Keys of different pipelines never collide. */
export function entryOf(data: LogEntry['data'], metadata: string, pipeline: string, key: string | undefined): LogEntry {
  return key === undefined ? { data, metadata } : { data, metadata, key: `${pipeline} ${key}` };
}

/** A fingerprint of an event's data: among the events with one key, different data never have the same fingerprint. */
export function fingerprintOf(data: LogEntry['data']): string {
  return hash('sha256', data).slice(0, FINGERPRINT_DIGITS);
}
