/*
 * The manifest of an output lists the files that belong to the output. It is an append-only file in the state folder
 * with one JSON value per line:
 *
 *   {"output":"../out/events.ndjson"}   the header: the output, relative to the state folder
 *   {"has":{"name":…,"number":…,…}}     a finished file, written before the file gets that name
 *   {"begun":"2065:1234"}               the inode of the file being written, noted before its first line
 *   {"temporary":".events…unfinished"}  a temporary file, noted before it is created
 *   {"gone":"events.000001.ndjson"}     this name is no longer ours
 *
 * A file is ours if a line says so and the file still matches the line. A crash between a line and the change that it
 * announces, a lost line and a lost manifest therefore have the same effect: the file is unknown, counts as somebody
 * else's, and is not touched.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { hasCode } from './file-system.js';
import { parseOwnedFile, type OwnedFile } from './owned-file.js';
import { resolvePath } from './paths.js';

/** The manifest is rewritten once it has more outdated lines than this. */
const DEAD_LINES_MAX = 200;

type Line =
  { readonly has: OwnedFile } | { readonly begun: string } | { readonly temporary: string } | { readonly gone: string };

interface ManifestPlace {
  readonly folder: string;
  readonly path: string;
  readonly head: string;
}

/** The files that one output made. Only one process at a time writes to it. */
export class Manifest {
  readonly #files = new Map<string, OwnedFile>();
  readonly #temporary = new Set<string>();
  #begun: string | undefined;
  #lines = 0;
  #endsOpen = false;
  #exists = false;

  /** @param place where the manifest is kept; undefined: nowhere, for an output whose files need not be recognized later */
  private constructor(private readonly place: ManifestPlace | undefined) {}

  static inMemory(): Manifest {
    return new Manifest(undefined);
  }

  /**
   * Reads the manifest of an output; empty if there is none or it can't be parsed.
   *
   * @param output the output's file, which need not exist
   * @throws the operating system's errors
   */
  static read(stateFolder: string, output: string): Manifest {
    const place = placeOf(stateFolder, output);
    const manifest = new Manifest(place);
    manifest.#take(place.path);
    return manifest;
  }

  /** Whether an output ever had a manifest. Costs one lookup if no output had one. @throws the operating system's errors */
  static isThere(stateFolder: string, output: string): boolean {
    return existsSync(folderIn(stateFolder)) && existsSync(placeOf(stateFolder, output).path);
  }

  /** Creates the manifest durably, so that a later write can't fail because of a wrong folder. @throws the operating system's errors */
  prepare(): void {
    if (this.place === undefined || (this.#exists && this.#lines - this.#live().length <= DEAD_LINES_MAX)) return;
    const { folder, path, head } = this.place;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Two processes that start at once must not use the same temporary file.
    const temporary = `${path}.${process.getBuiltinModule('node:crypto').randomUUID()}.tmp`;
    const lines = this.#live();
    writeFileSync(temporary, head + lines.map(textOf).join(''), { flush: true });
    renameSync(temporary, path);
    syncFolder(folder);
    this.#lines = lines.length;
    this.#exists = true;
    this.#endsOpen = false;
  }

  /** The finished files, by number. Whether they still exist and are ours must be checked on the file system. */
  files(): readonly OwnedFile[] {
    return [...this.#files.values()].sort((a, b) => a.number - b.number);
  }

  /** Names of temporary files that a crash may have left behind. */
  temporaries(): readonly string[] {
    return [...this.#temporary];
  }

  /** The inode of the most recently started file. */
  get begun(): string | undefined {
    return this.#begun;
  }

  /** Adds a file. Resolves when the entry is durable. @throws the operating system's errors */
  async add(file: OwnedFile): Promise<void> {
    await this.#append({ has: file });
    this.#files.set(file.name, file);
  }

  /** {@link add} for callers that can't wait. @throws the operating system's errors */
  addNow(file: OwnedFile): void {
    this.#appendNow({ has: file });
    this.#files.set(file.name, file);
  }

  /** Records the name of a file that is about to be created. Resolves when the entry is durable. @throws the operating system's errors */
  async addTemporary(name: string): Promise<void> {
    await this.#append({ temporary: name });
    this.#temporary.add(name);
  }

  /** {@link addTemporary} for callers that can't wait. @throws the operating system's errors */
  addTemporaryNow(name: string): void {
    this.#appendNow({ temporary: name });
    this.#temporary.add(name);
  }

  /** Records which file is being written. @throws the operating system's errors */
  begin(node: string | undefined): void {
    if (node === undefined || node === this.#begun) return;
    this.#appendNow({ begun: node });
    this.#begun = node;
  }

  /** Removes a name. A crash may undo this without harm: the file is gone or is another one. @throws the operating system's errors */
  remove(name: string): void {
    if (!this.#files.delete(name) && !this.#temporary.delete(name)) return;
    if (this.place === undefined || !this.#exists) return;
    appendFileSync(this.place.path, this.#entry({ gone: name }));
  }

  async #append(line: Line): Promise<void> {
    if (this.place === undefined) return;
    this.prepare();
    await appendFile(this.place.path, this.#entry(line), { flush: true });
  }

  #appendNow(line: Line): void {
    if (this.place === undefined) return;
    this.prepare();
    appendFileSync(this.place.path, this.#entry(line), { flush: true });
  }

  #entry(line: Line): string {
    this.#lines += 1;
    // Keeps a torn line invalid, even if only its newline is missing.
    const text = (this.#endsOpen ? '<torn\n' : '') + textOf(line);
    this.#endsOpen = false;
    return text;
  }

  #live(): readonly Line[] {
    return [
      ...this.files().map((has) => ({ has })),
      ...this.temporaries().map((temporary) => ({ temporary })),
      ...(this.#begun === undefined ? [] : [{ begun: this.#begun }]),
    ];
  }

  #take(path: string): void {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return;
      throw error;
    }
    this.#exists = true;
    this.#endsOpen = !text.endsWith('\n');
    for (const line of text.split('\n').slice(1, -1)) this.#know(line);
  }

  #know(text: string): void {
    this.#lines += 1;
    let line: unknown;
    try {
      line = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof line !== 'object' || line === null) return;
    const { has, begun, temporary, gone } = line as Readonly<Record<string, unknown>>;
    const file = parseOwnedFile(has);
    if (file !== undefined) this.#files.set(file.name, file);
    if (typeof begun === 'string') this.#begun = begun;
    if (typeof temporary === 'string') this.#temporary.add(temporary);
    if (typeof gone !== 'string') return;
    this.#files.delete(gone);
    this.#temporary.delete(gone);
  }
}

function folderIn(stateFolder: string): string {
  return join(stateFolder, 'outputs');
}

function placeOf(stateFolder: string, output: string): ManifestPlace {
  const folder = folderIn(stateFolder);
  const name = relative(resolvePath(stateFolder), resolvePath(output));
  const { createHash } = process.getBuiltinModule('node:crypto');
  const path = join(folder, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.parts`);
  return { folder, path, head: `${JSON.stringify({ output: name })}\n` };
}

function textOf(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
