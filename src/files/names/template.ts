import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../file-system.js';

/** The fields that the name of an output's file can contain. */
export const NAME_FIELDS = ['routing_key', 'date'] as const;
export type NameField = (typeof NAME_FIELDS)[number];

/** The name template of an output that has a file per key. */
export interface NameTemplate {
  /** The folder that contains all files of the output. */
  readonly folder: string;
  /** The path below that folder, with fields in braces: `{date}/{routing_key}.ndjson`. */
  readonly names: string;
}

const PLACEHOLDER = /\{([a-z_]+)\}/g;

/**
 * Splits the path of an output before the first segment that contains a field.
 *
 * @param written the path as written in a config or on the command line
 * @returns undefined if the path names a single file
 */
export function parseTemplate(written: string): NameTemplate | undefined {
  const segments = written.split('/');
  const first = segments.findIndex((segment) => fieldsIn(segment).length > 0);
  if (first === -1) return undefined;
  const folder = segments.slice(0, first).join('/');
  return { folder: folder === '' && first > 0 ? '/' : folder || '.', names: segments.slice(first).join('/') };
}

/** The path that stands for all files of a template. */
export function templatePath({ folder, names }: NameTemplate): string {
  return join(folder, names);
}

/** The fields of a text, in the order of {@link NAME_FIELDS}. */
export function fieldsIn(text: string): readonly NameField[] {
  const names = new Set(placeholdersIn(text));
  return NAME_FIELDS.filter((field) => names.has(field));
}

/** All names in braces that look like a field, known or not. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

type NamePiece = string | { readonly field: NameField };

/** Splits a template, or a part of one, into text and fields. */
export function piecesOf(text: string): readonly NamePiece[] {
  return text.split(/(\{[a-z_]+\})/).map((piece) => {
    const [field] = fieldsIn(piece);
    return field === undefined ? piece : { field };
  });
}

/** In a comparison of names, matches any text without a slash. */
const ANY = '\0';

/**
 * Whether two paths can name the same file. Ignores case, because some file systems do.
 *
 * @param one an absolute path, or a template with an absolute folder
 */
export function canBeOne(one: string | NameTemplate, other: string | NameTemplate): boolean {
  const [a, b] = [charactersOf(one), charactersOf(other)];
  const known = new Map<number, boolean>();
  const meet = (i: number, j: number): boolean => {
    if (i === a.length || j === b.length)
      return a
        .slice(i)
        .concat(b.slice(j))
        .every((char) => char === ANY);
    const key = i * (b.length + 1) + j;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, false);
    const [x, y] = [a[i], b[j]];
    const isMet =
      (x === ANY && (meet(i + 1, j) || (y !== '/' && meet(i, j + 1)))) ||
      (y === ANY && (meet(i, j + 1) || (x !== '/' && meet(i + 1, j)))) ||
      (x === y && meet(i + 1, j + 1));
    known.set(key, isMet);
    return isMet;
  };
  return meet(0, 0);
}

/** Whether a file of a template with an absolute folder can lie in the folder `into`, although the template's own folder does not. */
export function canLeadInto({ folder, names }: NameTemplate, into: string): boolean {
  const segments = names.split('/');
  return segments.slice(1).some((_, at) => canBeOne(into, { folder, names: segments.slice(0, at + 1).join('/') }));
}

function charactersOf(path: string | NameTemplate): readonly string[] {
  if (typeof path === 'string') return Array.from(path.toLowerCase());
  const names = piecesOf(path.names).flatMap((piece) => (typeof piece === 'string' ? charactersOf(piece) : [ANY]));
  return [...charactersOf(join(path.folder, '/')), ...names];
}

/** The existing files whose names match the template. @throws the operating system's errors */
export function* filesOfTemplate({ folder, names }: NameTemplate): Generator<string> {
  const [segment = '', ...below] = names.split('/');
  const pattern = new RegExp(`^${piecesOf(segment).map(matching).join('')}$`, 's');
  for (const entry of entriesOf(folder)) {
    if (!pattern.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (below.length > 0) yield* filesOfTemplate({ folder: path, names: below.join('/') });
    else if (!entry.isDirectory()) yield path;
  }
}

function matching(piece: NamePiece): string {
  return typeof piece === 'string' ? piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') : '.+';
}

function entriesOf(folder: string): readonly { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
