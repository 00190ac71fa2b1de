/*
 * A checkpoint is a file with one guarded line: {"name":"…","value":…,"crc":"…"}, or with that line encrypted. It is replaced in one step, and the previous
 * one is kept as `.previous`: if the newest is damaged, the previous one is just as valid, only older.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isSealedText, openText, sealText } from '../../crypt/index.js';
import { readFile, removeIfThere, replaceFile } from '../disk/whole.js';
import { errorCode } from '../disk/disk.js';
import { guardedLine, readGuardedLine } from '../format/line.js';
import { LogError } from '../log-error.js';
import type { LogWorld } from '../log-world.js';

/** A longer file name is shortened and gets a hash, which keeps it distinct. */
const NAME_CHARACTERS_MAX = 80;

const EXTENSION = '.checkpoint';

/** The value is bound to its name by the line that is encrypted. */
const PLACE = { store: 'checkpoint', name: '' };

/** A stored checkpoint as it was read. */
export interface Checkpoint {
  readonly value: unknown;
  /** The newest checkpoint was damaged; this is the previous one. */
  readonly isPrevious: boolean;
}

/** Durably stores one JSON value per name. Only one process at a time writes to a folder. */
export class CheckpointStore {
  readonly #world: LogWorld;
  readonly #folder: string;
  readonly #writing = new Map<string, Promise<void>>();
  readonly #next = new Map<string, { value: unknown; stored: Promise<void> }>();

  constructor(world: LogWorld, folder: string) {
    this.#world = world;
    this.#folder = folder;
  }

  /**
   * The value last stored under a name; undefined if there is none.
   *
   * @throws LogError `damaged` when neither the checkpoint nor the previous one can be read
   */
  async get(name: string): Promise<Checkpoint | undefined> {
    const path = this.#path(name);
    const newest = await this.#read(path, name);
    if (newest.kind === 'value') return { value: newest.value, isPrevious: false };
    const previous = await this.#read(`${path}.previous`, name);
    if (previous.kind === 'value') return { value: previous.value, isPrevious: true };
    if (newest.kind === 'none' && previous.kind === 'none') return undefined;
    throw new LogError(
      'damaged',
      `${path}: this checkpoint and the previous one are damaged. Remove both to start from the beginning.`,
    );
  }

  /**
   * Stores a value. Of the values that arrive during a write, only the last is written next; each promise resolves when its
   * value, or a later one, is durable.
   */
  put(name: string, value: unknown): Promise<void> {
    const waiting = this.#next.get(name);
    if (waiting !== undefined) {
      waiting.value = value;
      return waiting.stored;
    }
    const current = this.#writing.get(name);
    if (current === undefined) return this.#write(name, value);
    const next = { value, stored: Promise.resolve() };
    next.stored = current
      .catch(() => undefined)
      .then(() => {
        this.#next.delete(name);
        return this.#write(name, next.value);
      });
    this.#next.set(name, next);
    return next.stored;
  }

  /** The names that have a readable checkpoint, unordered. */
  async names(): Promise<string[]> {
    const { disk } = this.#world;
    const files = await disk.list(this.#folder).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    });
    const names: string[] = [];
    for (const file of files.filter((one) => one.endsWith(EXTENSION))) {
      const content = await this.#content(join(this.#folder, file));
      if (typeof content === 'object' && content !== null && 'name' in content) names.push(String(content.name));
    }
    return names;
  }

  /** Removes a name's checkpoint. */
  async remove(name: string): Promise<void> {
    await removeIfThere(this.#world.disk, this.#path(name));
    await removeIfThere(this.#world.disk, `${this.#path(name)}.previous`);
  }

  #write(name: string, value: unknown): Promise<void> {
    const written = this.#replace(name, value).finally(() => {
      if (this.#writing.get(name) === written) this.#writing.delete(name);
    });
    this.#writing.set(name, written);
    return written;
  }

  async #replace(name: string, value: unknown): Promise<void> {
    const { disk } = this.#world;
    const path = this.#path(name);
    await disk.makeFolder(this.#folder);
    // Only a readable checkpoint is kept: a damaged one would replace the good previous one.
    if ((await this.#read(path, name)).kind === 'value') {
      const spare = `${path}.spare`;
      await removeIfThere(disk, spare);
      await disk.link(path, spare).catch((error: unknown) => {
        if (errorCode(error) !== 'ENOENT') throw error;
      });
      await disk.rename(spare, `${path}.previous`);
    }
    await replaceFile(disk, path, this.#line(name, value));
  }

  async #read(path: string, name: string): Promise<{ kind: 'none' | 'damaged' } | { kind: 'value'; value: unknown }> {
    const content = await this.#content(path);
    if (content === undefined) return { kind: 'none' };
    const isOurs = typeof content === 'object' && content !== null && 'name' in content && content.name === name;
    return isOurs && 'value' in content ? { kind: 'value', value: content.value } : { kind: 'damaged' };
  }

  /** The content of a file; undefined if the file is missing, null if it is damaged. */
  async #content(path: string): Promise<unknown> {
    const file = await readFile(this.#world.disk, path);
    if (file === undefined) return undefined;
    const text = file.toString('latin1', 0, file.length - 1);
    if (!isSealedText(text)) return readGuardedLine(file.subarray(0, -1)) ?? null;
    const line = openText(this.#world.disk.keys, { ...PLACE, path }, text);
    return line === undefined ? null : (readGuardedLine(Buffer.from(line).subarray(0, -1)) ?? null);
  }

  #line(name: string, value: unknown): Buffer {
    const { keys } = this.#world.disk;
    const line = guardedLine({ name, value });
    return keys === undefined ? line : Buffer.from(`${sealText(keys, PLACE, line.toString())}\n`);
  }

  #path(name: string): string {
    const plain = name.replace(/[^A-Za-z0-9_-]/g, (character) => `%${character.codePointAt(0)?.toString(16) ?? ''}.`);
    const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
    const file = plain.length <= NAME_CHARACTERS_MAX ? plain : `${plain.slice(0, NAME_CHARACTERS_MAX - 17)}-${hash}`;
    return join(this.#folder, `${file}${EXTENSION}`);
  }
}
