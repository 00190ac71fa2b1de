import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NumberText, type Json, type JsonObject } from 'computo-js';
import { parseJson, stringifyJson } from '../../json/index.js';
import { parseFilePosition, partNames, type FilePosition } from '../../sinks/index.js';
import type { DrivenLetters } from './driven-letters.js';
import { openSource, type Block, type ResumeAt } from '../../sources/index.js';

const NEWLINE = 0x0a;

/** No dead letter is longer: twice the longest line that an event may be, with its envelope. */
const LETTER_BYTES_MAX = 2 ** 30;

/** A dead letter's place in its file. */
export interface LetterPlace {
  /** Tells it from every other: an event that fails again is another letter. */
  readonly key: string;
  /** Behind it. */
  readonly end: FilePosition;
}

export function parseLetterPlace(value: ResumeAt): LetterPlace | undefined {
  if (typeof value !== 'object' || value === null || !('key' in value) || !('end' in value)) return undefined;
  const end = parseFilePosition(value.end);
  return end !== undefined && typeof value.key === 'string' ? { key: value.key, end } : undefined;
}

/** The dead letters of a pipeline, where they are kept. */
export interface LetterFile {
  readonly path: string;
  /** What its rotated files are called. */
  readonly pattern?: string | undefined;
  /** The number that the file being written will get; undefined where no checkpoint tells. */
  readonly part: number | undefined;
}

export interface LetterChoice {
  readonly driven: DrivenLetters | undefined;
  /** Which events are wanted, by their lines. */
  readonly accepts: (line: string) => boolean;
  /** Told of letters that stay: they hold no event, only the raw text of what was none. */
  readonly onUndrivable: () => void;
  /** Told when the first letter is passed over that is not wanted. */
  readonly onLeft: () => void;
}

/**
 * The events of dead letters that were not driven again yet, one a block, with `retry_count` one higher. Each block's
 * `resumeAt` is its {@link LetterPlace}.
 */
export async function* lettersAgain(
  file: LetterFile,
  choice: LetterChoice,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  const { driven, accepts, onUndrivable, onLeft } = choice;
  const keys = new Set(driven?.keys);
  for (const { path, number } of filesOf(file)) {
    if (driven !== undefined && number < driven.before.part) continue;
    const from = number === driven?.before.part ? driven.before.offset : 0;
    for await (const { line, end } of linesOf(path, from, signal)) {
      const letter = readLetter(line);
      if (letter === undefined) {
        onUndrivable();
      } else if (!keys.has(letter.key)) {
        if (accepts(letter.event)) {
          const resumeAt: LetterPlace = { key: letter.key, end: { part: number, offset: end } };
          yield { kind: 'lines', bytes: Buffer.from(`${letter.event}\n`), source: path, startsFile: false, resumeAt };
        } else {
          onLeft();
        }
      }
    }
  }
}

/** The files that the letters are in, the oldest first; the last is the one being written. */
function filesOf({ path, pattern, part }: LetterFile): readonly { readonly path: string; readonly number: number }[] {
  const names = partNames(path, pattern);
  const parts = readdirSync(names.folder).flatMap((file) => {
    const parsed = names.parse(file);
    return parsed === undefined ? [] : [{ number: parsed.number, path: join(names.folder, file) }];
  });
  // While a part is being packed, both forms may be there: either will do.
  const byNumber = new Map(parts.map((one) => [one.number, one]));
  const sorted = [...byNumber.values()].sort((a, b) => a.number - b.number);
  return [...sorted, { path, number: Math.max(part ?? 0, (sorted.at(-1)?.number ?? 0) + 1) }];
}

async function* linesOf(
  path: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<{ readonly line: string; readonly end: number }> {
  let offset = 0;
  for await (const block of openSource(path, { lineBytesMax: LETTER_BYTES_MAX, follow: false }).blocks(signal)) {
    if (block.kind === 'overlong') {
      offset += block.lineBytes + 1;
      continue;
    }
    for (let at = 0; at < block.bytes.length;) {
      const newline = block.bytes.indexOf(NEWLINE, at);
      // Somebody is writing it just now.
      if (newline === -1) return;
      if (offset + at >= from) yield { line: block.bytes.toString('utf8', at, newline), end: offset + newline + 1 };
      at = newline + 1;
    }
    offset += block.bytes.length;
  }
}

function readLetter(line: string): { readonly event: string; readonly key: string } | undefined {
  let letter: Json;
  try {
    letter = parseJson(line, Number.POSITIVE_INFINITY);
  } catch {
    return undefined;
  }
  const event = isObject(letter) ? letter['event'] : undefined;
  const metadata = isObject(event) ? event['metadata'] : undefined;
  if (!isObject(event) || !isObject(metadata)) return undefined;
  const retries = typeof metadata['retry_count'] === 'number' ? metadata['retry_count'] : 0;
  const again = { ...event, metadata: { ...metadata, retry_count: retries + 1 } };
  return { event: stringifyJson(again), key: `${stringifyJson(event['id'] ?? null)} ${retries}` };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}
