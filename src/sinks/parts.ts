import { existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isStillOurs, type Manifest, type OwnedFile } from '../files/index.js';
import { packedPath, partNames, type PartNames } from './part-names.js';
import { filesIn } from './folder.js';

/** Numbering continues after the number of a foreign file only up to this number. */
const ALIKE_MAX = 999_999;

/** A finished file of an output. */
export interface OutputPart extends OwnedFile {
  readonly path: string;
}

/** The finished files of an output: those in its manifest. Other files with similar names belong to somebody else. */
export class OutputParts {
  constructor(
    readonly names: PartNames,
    readonly manifest: Manifest,
  ) {}

  /** The existing parts, in order. */
  list(): readonly OutputPart[] {
    if (this.manifest.files().length === 0) return [];
    const there = new Set(filesIn(this.names.folder));
    return this.manifest
      .files()
      .filter(({ name }) => there.has(name))
      .map((file) => ({ ...file, path: join(this.names.folder, file.name) }));
  }

  /** Files that look like parts but are not ours. */
  strangers(): readonly string[] {
    const own = new Set(this.manifest.files().map(({ name }) => name));
    return filesIn(this.names.folder).filter((file) => this.names.parse(file) !== undefined && !own.has(file));
  }

  /** A number for the next part: the wanted one, or one after all numbers that any file has. @param began see `PartNames` */
  freeNumber(wanted: number, began: number): number {
    let number = this.#taken().includes(wanted) ? this.nextNumber(wanted) : wanted;
    const isThere = (path: string): boolean => existsSync(path) || existsSync(packedPath(path));
    while (isThere(this.names.pathOf(number, began))) number += 1;
    return number;
  }

  /** A number after all parts, both ours and similar ones, and at least `least`. */
  nextNumber(least = 1): number {
    return this.#taken().reduce((next, one) => Math.max(next, one + 1), least);
  }

  #taken(): readonly number[] {
    const own = this.manifest.files().map(({ number }) => number);
    const alike = filesIn(this.names.folder).flatMap((file) => this.names.parse(file)?.number ?? []);
    // A longer number means something else, and ours would soon look like days.
    return own.concat(alike.filter((number) => number <= ALIKE_MAX));
  }

  /** Removes a part, unless its name belongs to another file now. @throws the operating system's errors */
  remove(part: OutputPart): void {
    if (isStillOurs(part, part.path)) rmSync(part.path, { force: true });
    this.manifest.remove(part.name);
  }

  /** Removes what a crash left behind: temporary files, and plain parts that are already packed. */
  clear(): void {
    const { folder } = this.names;
    for (const name of this.manifest.temporaries()) {
      rmSync(join(folder, name), { force: true });
      this.manifest.remove(name);
    }
    const parts = this.list();
    const there = new Set(parts.map(({ name }) => name));
    for (const { name } of this.manifest.files()) if (!there.has(name)) this.manifest.remove(name);
    const packed = new Map(parts.filter((part) => part.packed).map((part) => [part.number, part]));
    for (const part of parts) {
      const form = part.packed ? undefined : packed.get(part.number);
      if (form !== undefined && isStillOurs(form, form.path)) this.remove(part);
    }
  }

  /** Makes a name for a temporary file, and records it in the manifest. @throws the operating system's errors */
  async temporary(name: string): Promise<string> {
    const path = this.#freeTemporary(name);
    await this.manifest.addTemporary(basename(path));
    return path;
  }

  /** Like {@link temporary}, for callers that can't wait. @throws the operating system's errors */
  temporaryNow(name: string): string {
    const path = this.#freeTemporary(name);
    this.manifest.addTemporaryNow(basename(path));
    return path;
  }

  #freeTemporary(name: string): string {
    let path = join(this.names.folder, `.${name}.unfinished`);
    for (let n = 2; existsSync(path); n++) path = join(this.names.folder, `.${name}.${n}.unfinished`);
    return path;
  }
}

/** The state of an output's finished files. */
export interface PartsState {
  /** Numbers and names of missing parts. */
  readonly gone: readonly { readonly number: number; readonly name: string }[];
  /** Parts that somebody has changed. */
  readonly changed: readonly { readonly number: number; readonly name: string }[];
  /** Whether any part is as we left it. */
  readonly hasOwn: boolean;
}

/** Compares the files beside an output with its manifest. @throws the operating system's errors */
export function partsState(path: string, manifest: Manifest, pattern?: string): PartsState {
  const parts = new OutputParts(partNames(path, pattern), manifest);
  const there = parts.list();
  // A part that is being packed exists in one form, or in both.
  const numbers = new Set(there.map(({ number }) => number));
  const changed = there.filter((part) => !isStillOurs(part, part.path));
  return {
    gone: manifest.files().filter(({ number }) => !numbers.has(number)),
    changed,
    hasOwn: changed.length < there.length,
  };
}

/**
 * Finds files beside an output that look like its parts but are not its own.
 *
 * @param manifest that of the output
 * @returns names in the output's folder
 */
export function strangeParts(path: string, manifest: Manifest, pattern?: string): readonly string[] {
  return new OutputParts(partNames(path, pattern), manifest).strangers();
}
