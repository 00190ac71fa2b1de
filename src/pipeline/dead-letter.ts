import { isUtf8 } from 'node:buffer';
import type { EventFailure } from './failure.js';

/**
 * A failed event on its way out: a JSON line without its last value, the line number, which is known only where all blocks are
 * seen in order.
 */
export interface DeadLetter {
  /** The JSON text up to and including `"line":`. */
  readonly head: string;
  /** The line within its block, from 0; undefined for a stored event, which has no line of its own. */
  readonly lineInBlock: number | undefined;
  /** The line, from 1, if it was known before. */
  readonly line?: number | undefined;
}

/** One less than the bytes of the longest character. */
const CHARACTER_REST_MAX = 3;

/** What is kept of the input, in order of preference: the event, its text, its bytes. */
export type Remains =
  { readonly envelope: string } | { readonly text: string } | { readonly bytes: Buffer; readonly lineBytes: number };

/**
 * Returns the start of the dead letter `{error: {kind, message, stage, path, at?, answer?}, event | raw, source, line}`, up to
 * the line number. Bytes that are not valid UTF-8 are written to `raw` as base64, with `"raw_encoding":"base64"`; a truncated
 * `raw` comes with `"raw_truncated_from": bytes`.
 *
 * @param rawMax the maximum length of `raw` and of `answer`, in characters or bytes; a longer envelope becomes a `raw`
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

/** Returns the whole line, including its newline. @param line from 1, if there is one */
export function deadLetterLine(head: string, line: number | undefined): string {
  return `${head}${line ?? null}}\n`;
}

/** Returns what a dead letter keeps of its input: a member of its object, without braces. */
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

/** Decodes the start of a line, without a character that is cut off at its end; undefined if it is not valid UTF-8. */
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
