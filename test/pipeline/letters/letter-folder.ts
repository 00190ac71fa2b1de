import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LetterRetry, parseRetriedLetters, type RetriedLetters } from '../../../src/pipeline/letters/index.js';

/** A dead letter of the pipeline `p`, as a line. */
export function letterLine(id: string, retries = 0, data: unknown = 1, pipeline = 'p'): string {
  const metadata = { source: 's', pipeline, retry_count: retries };
  const event = { id, timestamp: 5, data, metadata };
  return `${JSON.stringify({ error: { kind: 'x' }, event, source: 's', line: null })}\n`;
}

export interface DriveOptions {
  readonly driven?: RetriedLetters | undefined;
  /** Which events are driven, by their lines. */
  readonly accepts?: (event: string) => boolean;
  /** Called when a letter is driven. Nothing more is driven when it says no. */
  readonly onEvent?: (id: string, retries: number) => boolean;
  /** Whether the event of a letter fails again, and is kept nowhere. */
  readonly isLeft?: (id: string) => boolean;
  /** How many letters are read ahead of those that are out. */
  readonly ahead?: number;
}

export interface Drive {
  /** `id:retries`. */
  readonly ids: readonly string[];
  readonly unretryable: number;
  readonly left: number;
  readonly retriedBefore: number;
  readonly driven: RetriedLetters | undefined;
}

/** Drives letters as a pipeline does: what was read is out a while later, in order. */
export async function drive(
  path: string,
  { driven, accepts = () => true, onEvent = () => true, isLeft = () => false, ahead = 2 }: DriveOptions = {},
): Promise<Drive> {
  const reading = new AbortController();
  const under = await LetterRetry.open({ path }, driven);
  const ids: string[] = [];
  const waiting: { readonly resumeAt: unknown; readonly id: string; readonly retries: number }[] = [];
  /** @returns whether more are driven */
  const out = (): boolean => {
    const next = waiting.shift();
    if (next === undefined) return false;
    ids.push(`${next.id}:${next.retries}`);
    const goesOn = onEvent(next.id, next.retries);
    if (isLeft(next.id)) under.leave(next.resumeAt);
    under.reached(next.resumeAt);
    return goesOn;
  };
  const choice = {
    accepts: ({ event }: { readonly event: string }) => accepts(event),
    pipeline: 'p',
    signal: reading.signal,
  };
  let goesOn = true;
  for await (const block of under.pass(choice)) {
    const { id, metadata } = JSON.parse(block.kind === 'lines' ? block.bytes.toString() : '') as {
      id: string;
      metadata: { retry_count: number };
    };
    waiting.push({ resumeAt: block.resumeAt, id, retries: metadata.retry_count });
    goesOn = waiting.length <= ahead || out();
    if (!goesOn) break;
  }
  while (goesOn) goesOn = out();
  // As it would come back from the disk.
  const { unretryable, left, retriedBefore } = under;
  return {
    ids,
    unretryable,
    left,
    retriedBefore,
    driven: parseRetriedLetters(JSON.parse(JSON.stringify(under.note()))),
  };
}

export function letterFolder(): { readonly folder: string; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'letters-'));
  return { folder, path: join(folder, 'dead.ndjson') };
}
