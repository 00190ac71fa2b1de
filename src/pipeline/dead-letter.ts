import { isUtf8 } from 'node:buffer';
import type { EventFailure } from './failure.js';

/**
 * A failed event on its way out: a JSON line but for its last value, the line number, which only the place that sees all
 * blocks in order knows.
 */
export interface DeadLetter {
  /** The JSON text up to and including `"line":`. */
  readonly head: string;
  /** The line within its block, from 0; undefined for a stored event, which has no line of its own. */
  readonly lineInBlock: number | undefined;
  /** The line, from 1, where it was known before. */
  readonly line?: number | undefined;
}

/** Bytes of the longest character, less one. */
const CHARACTER_REST_MAX = 3;

/** What is kept of the input, in the order of preference: the event, its text, its bytes. */
export type Remains =
  { readonly envelope: string } | { readonly text: string } | { readonly bytes: Buffer; readonly lineBytes: number };

/**
 * Writes the dead letter `{error: {kind, message, stage, path, at?, answer?}, event | raw, source, line}`. Bytes that are not valid UTF-8 stand
 * in `raw` as base64, with `"raw_encoding":"base64"`; a `raw` that is only the start says `"raw_truncated_from": bytes`.
 *
 * @param rawMax what is kept of `raw` and of `answer` at most, in characters or bytes; an envelope beyond it becomes a `raw`
 */
export function deadLetterHead(failure: EventFailure, remains: Remains, source: string, rawMax: number): string {
  const { kind, message, stage = null, path = null, at, answer } = failure;
  const error = JSON.stringify({
    kind,
    message,
    stage,
    path,
    ...(at !== undefined && { at }),
    ...(answer !== undefined && { answer: answer.slice(0, rawMax) }),
  });
  return `{"error":${error},${remainsText(remains, rawMax)},"source":${JSON.stringify(source)},"line":`;
}

/** The whole line, newline included. @param line from 1, where there is one */
export function deadLetterLine(head: string, line: number | undefined): string {
  return `${head}${line ?? null}}\n`;
}

/** What a dead letter keeps of its input: a member of its object, without braces. */
export function remainsText(remains: Remains, rawMax: number): string {
  if ('envelope' in remains) {
    return remains.envelope.length <= rawMax
      ? `"event":${remains.envelope}`
      : rawText(remains.envelope.slice(0, rawMax), Buffer.byteLength(remains.envelope));
  }
  if ('text' in remains) {
    return remains.text.length <= rawMax
      ? `"raw":${JSON.stringify(remains.text)}`
      : rawText(remains.text.slice(0, rawMax), Buffer.byteLength(remains.text));
  }
  const kept = remains.bytes.subarray(0, rawMax);
  if (kept.length < remains.lineBytes) {
    const text = textStart(kept);
    if (text !== undefined) return rawText(text, remains.lineBytes);
  }
  const base64 = `"raw":"${kept.toString('base64')}","raw_encoding":"base64"`;
  return kept.length < remains.lineBytes ? `${base64},"raw_truncated_from":${remains.lineBytes}` : base64;
}

/** The start of a line as text, without a character that was cut off at its end; undefined when it is not valid UTF-8. */
function textStart(bytes: Buffer): string | undefined {
  for (let length = bytes.length; length >= Math.max(0, bytes.length - CHARACTER_REST_MAX); length--) {
    const whole = bytes.subarray(0, length);
    if (isUtf8(whole)) return whole.toString('utf8');
  }
  return undefined;
}

function rawText(start: string, wholeBytes: number): string {
  return `"raw":${JSON.stringify(start)},"raw_truncated_from":${wholeBytes}`;
}
