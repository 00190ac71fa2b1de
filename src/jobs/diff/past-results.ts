import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from 'computo-js';
import { NumberText } from 'computo-js';
import type { KeyRing } from '../../crypt/index.js';
import type { FilePlan } from '../../config/index.js';
import { readStoredEvent } from '../../event/index.js';
import { hasCode } from '../../files/index.js';
import { parseJson } from '../../json/index.js';
import { fileOf } from '../../sinks/kinds/index.js';
import { partNames } from '../../sinks/index.js';
import { openSource } from '../../sources/index.js';
import { JobError } from '../job-error.js';
import type { PipelineServePlan } from '../serve-plan.js';
import type { EventChoice } from '../replay/plan.js';
import type { ResultPart, SideResult } from './compare.js';
import { comparePartIds, isOf, wholeIdOf } from './part-ids.js';
import { namedOutputs } from './routes.js';

/** The most characters of results that are held: more events must be compared in parts. */
const CHARACTERS_MAX = 256 * 1024 * 1024;
const NEWLINE = '\n';

/** What the outputs of a pipeline hold, by event id. */
export type PastResults = (id: string) => SideResult;

/**
 * Reads what a pipeline made of events from its outputs and dead letters, with their rotated files. Writes nothing.
 *
 * @param tell receives what can't be used
 * @throws JobError when no output holds whole events, or they hold too much
 */
export async function pastResults(
  { spec, outputs, deadLetter, block }: PipelineServePlan,
  keys: KeyRing | undefined,
  { since, until }: EventChoice,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<PastResults> {
  const files = filesOfWhole({ spec, outputs });
  const names = namedOutputs(outputs).map(({ name }) => name);
  /** By event, what it became: by its own id, or by those of the parts that were made of it, whatever the stages are today. */
  const known = new Map<string, Map<string, PastPart>>();
  const failed = new Map<string, string>();
  let characters = 0;
  let hidesResults = false;
  const hold = (text: string): void => {
    characters += text.length;
    if (characters <= CHARACTERS_MAX) return;
    throw new JobError(
      'the outputs hold more results of this time than can be compared at once',
      'refused',
      'compare a shorter time: --since, --until',
    );
  };
  const lines = (file: FilePlan, lineBytesMax: number): AsyncGenerator<string> =>
    linesOf(file, { lineBytesMax, keys, signal });
  const isChosen = (timestamp: number): boolean => timestamp >= since && (until === undefined || timestamp < until);
  for (const [index, file] of files.entries()) {
    let strange = 0;
    if (!existsSync(file.file)) tell(`${file.file}: there is no such file, so what was in it counts as filtered`);
    for await (const line of lines(file, block.lineBytesMax)) {
      const stored = readStoredEvent(line);
      if (stored === undefined) strange += 1;
      if (stored === undefined || !isChosen(stored.origin.timestamp)) continue;
      const { id } = stored.origin;
      const whole = wholeIdOf(id);
      const parts = known.get(whole) ?? new Map<string, PastPart>();
      // Several outputs may take an event, and one that is written again, after a kill or by a replay, counts as it was last.
      const former = parts.get(id);
      if (former?.text !== stored.data) hold(stored.data);
      parts.set(id, { text: stored.data, outputs: (former?.outputs ?? new Set()).add(index) });
      known.set(whole, parts);
    }
    if (strange === 0) continue;
    hidesResults = true;
    const found = strange === 1 ? '1 line is not a whole event' : `${strange} lines are not whole events`;
    tell(
      `${file.file}: ${found} (written without envelope: true?), so events that are not found count as unknown before`,
    );
  }
  if (deadLetter === undefined) {
    tell(`pipeline ${spec.name}: its dead letters are in no file, so what failed before counts as filtered`);
  } else {
    for await (const line of lines(deadLetter, block.rawMax * 2)) {
      const letter = letterIn(line);
      if (letter === undefined || !isChosen(letter.timestamp) || known.has(wholeIdOf(letter.id))) continue;
      hold(letter.reason);
      failed.set(wholeIdOf(letter.id), letter.reason);
    }
  }
  return (id) => {
    const whole = wholeIdOf(id);
    const parts = [...(known.get(whole) ?? [])].filter(([part]) => isOf(id, part));
    const reason = failed.get(whole);
    if (parts.length === 0 && reason !== undefined) return { kind: 'failed', reason };
    if (parts.length === 0 && hidesResults) return { kind: 'unknown' };
    const read = parts.map(([part, { text, outputs }]): ResultPart => {
      const takers = names.filter((_, index) => outputs.has(index));
      return { id: part, data: parseJson(text, Infinity), outputs: takers };
    });
    return { kind: 'out', parts: read.sort((a, b) => comparePartIds(a.id, b.id)), hidesUnrouted: true };
  };
}

interface PastPart {
  /** Its data. */
  readonly text: string;
  /** By their index. */
  readonly outputs: Set<number>;
}

/**
 * The files that a pipeline's whole events are written to.
 *
 * @throws JobError when not all outputs are such files
 */
export function filesOfWhole({ spec, outputs }: Pick<PipelineServePlan, 'spec' | 'outputs'>): readonly FilePlan[] {
  const files = outputs.flatMap((output) => {
    const file = fileOf(output);
    return file !== undefined && file.keyed === undefined && output.envelope ? [file] : [];
  });
  if (files.length === 0 || files.length < outputs.length) {
    throw new JobError(
      `pipeline ${spec.name}: not all of its outputs are files of whole events, by whose ids results could be found`,
      'refused',
      'give them envelope: true, or compare with another config or pipeline: --against FILE, --against-pipeline NAME',
    );
  }
  return files;
}

/** The lines of a file and of the files that it was rotated to. */
async function* linesOf(
  { file, pattern }: FilePlan,
  { lineBytesMax, keys, signal }: { lineBytesMax: number; keys: KeyRing | undefined; signal: AbortSignal },
): AsyncGenerator<string> {
  const names = partNames(file, pattern);
  const parts = entriesOf(names.folder).flatMap((name) => {
    const part = names.parse(name);
    return part === undefined ? [] : [{ path: join(names.folder, name), number: part.number }];
  });
  parts.sort((a, b) => a.number - b.number);
  for (const path of [...parts.map((part) => part.path), file]) {
    if (!existsSync(path)) continue;
    const source = openSource(path, { lineBytesMax, follow: false, keys });
    for await (const block of source.blocks(signal)) {
      if (block.kind === 'lines')
        yield* block.bytes
          .toString()
          .split(NEWLINE)
          .filter((line) => line !== '');
    }
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

function letterIn(
  line: string,
): { readonly id: string; readonly timestamp: number; readonly reason: string } | undefined {
  try {
    const letter = parseJson(line, Infinity);
    const event = isObject(letter) ? letter['event'] : undefined;
    const error = isObject(letter) ? letter['error'] : undefined;
    if (!isObject(event)) return undefined;
    const { id, timestamp } = event;
    if (typeof id !== 'string' || typeof timestamp !== 'number') return undefined;
    return { id, timestamp, reason: reasonIn(error) };
  } catch {
    return undefined;
  }
}

/** Why an event failed, of a dead letter's `error`. */
export function reasonIn(error: Json | undefined): string {
  const { kind, message } = isObject(error) ? error : {};
  return [kind, message].filter((part) => typeof part === 'string').join(': ');
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}
