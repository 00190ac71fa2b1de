import type { Hash } from 'node:crypto';
import { TELLING_BYTES_MIN } from '../../files/index.js';
import type { RetriedFile, RetriedLetters } from './retried-letters.js';
import {
  contentOf,
  findLetterFiles,
  otherFiles,
  relationTo,
  type FoundFile,
  type LetterPlace,
} from './letter-files.js';
import { digestOf, LettersOfFile, newHash } from './letters-of-file.js';
import { Marks, unpackMarks } from './marks.js';

/** The existing letters, and which of them were retried. */
export interface LetterSurvey {
  readonly files: readonly LettersOfFile[];
  /** Marks of retried letters whose files are gone or have changed. */
  readonly elsewhere: Marks;
}

/**
 * Finds the files of letters and how far each was retried. A file is recognized by its inode and its beginning, and only if all
 * bytes before the recorded offset are unchanged. If a file was edited, truncated or replaced, each of its letters is compared
 * with those that were retried.
 *
 * @throws SourceError
 */
export async function surveyLetters(place: LetterPlace, retried: RetriedLetters | undefined): Promise<LetterSurvey> {
  const { own, movedAside } = findLetterFiles(place);
  const found = [...(await withoutCopies(movedAside, own)), ...own];
  const unclaimed = new Set(retried?.files);
  const files = new Map<FoundFile, LettersOfFile>();
  for (const wanted of ['same', 'moved'] as const) {
    for (const file of found) if (!files.has(file)) await claim(file, wanted, unclaimed, files);
  }
  const renamed: FoundFile[] = [];
  if (unclaimed.size > 0) {
    for (const file of otherFiles(place, found)) {
      if (unclaimed.size === 0) break;
      await claim(file, 'same', unclaimed, files);
      if (!files.has(file)) await claim(file, 'moved', unclaimed, files);
      if (files.has(file)) renamed.push(file);
    }
  }
  const lost = [...unclaimed].flatMap(({ driven: marks, ahead }) => [...unpackMarks(marks), ...unpackMarks(ahead)]);
  const all = [...renamed, ...found].map((file) => files.get(file) ?? new LettersOfFile(file, undefined, newHash()));
  if (lost.length > 0) for (const file of all) file.compareAll();
  return { files: all, elsewhere: new Marks([...unpackMarks(retried?.gone ?? ''), ...lost]) };
}

/** Assigns the matching record to a file, if one is still unclaimed. */
async function claim(
  file: FoundFile,
  wanted: 'same' | 'moved',
  unclaimed: Set<RetriedFile>,
  files: Map<FoundFile, LettersOfFile>,
): Promise<void> {
  for (const known of unclaimed) {
    if (relationTo(known.identity, file) !== wanted) continue;
    const { seen } = known;
    const isAsItWas = wanted === 'same' && seen.isDone && seen.size === file.size && seen.mtimeMs === file.mtimeMs;
    const hash = isAsItWas ? undefined : await hashUpTo(file, known.offset);
    if (!isAsItWas && (hash === undefined || digestOf(hash) !== known.before)) continue;
    unclaimed.delete(known);
    files.set(file, new LettersOfFile(file, known, hash));
    return;
  }
}

/** Leaves out other names of files that are found already, and copies of files. */
async function withoutCopies(files: readonly FoundFile[], others: readonly FoundFile[]): Promise<FoundFile[]> {
  const kept: FoundFile[] = [];
  for (const file of files.toReversed()) {
    let isCopy = false;
    for (const other of [...others, ...kept]) isCopy ||= await isCopyOf(file, other);
    if (!isCopy) kept.unshift(file);
  }
  return kept;
}

/** Whether the whole file equals the beginning of another. */
async function isCopyOf(file: FoundFile, other: FoundFile): Promise<boolean> {
  if (file.node !== undefined && file.node === other.node) return true;
  const { length } = file.head;
  // The same beginning is not enough: the same event may have failed again.
  if (length < TELLING_BYTES_MIN || !file.head.equals(other.head.subarray(0, length))) return false;
  const whole = newHash();
  let bytes = 0;
  for await (const chunk of contentOf(file, 0)) {
    whole.update(chunk);
    bytes += chunk.length;
  }
  const start = await hashUpTo(other, bytes);
  return start !== undefined && digestOf(start) === digestOf(whole);
}

/** Returns the hash of the first bytes of a file; undefined if it has fewer. @throws SourceError */
async function hashUpTo(file: FoundFile, bytes: number): Promise<Hash | undefined> {
  const hash = newHash();
  let left = bytes;
  if (left === 0) return hash;
  for await (const chunk of contentOf(file, 0)) {
    const part = chunk.subarray(0, left);
    hash.update(part);
    left -= part.length;
    if (left === 0) return hash;
  }
  return undefined;
}
