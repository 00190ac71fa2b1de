import { createHash, createHmac, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { keyIdOfText, openText, sealText, type KeyRing } from '../crypt/index.js';
import { openLmdb, StoreDamagedError, writing } from '../lmdb/index.js';
import type { StateChanges } from '../pipeline/index.js';
import type { StagePart } from './stage-parts.js';

/** LMDB accepts no longer keys; a longer one is stored under its hash. */
const KEY_CHARACTERS_MAX = 400;

/** The key of the version, stored beside the entries. */
const VERSION = 'version';
/** The key of what the last commit replaced, kept to undo that commit. */
const UNDO = 'undo';
/** The key of the stages that the state belongs to. */
const STAGES = 'stages';

/** The key of the key by which names are hashed, encrypted itself. It stays the same when the state's key changes. */
const NAMES = 'names';

/** Serializes an entry: its JSON, followed by that text's CRC-32 in hex, because LMDB does not detect damage within a page. */
function guarded(entry: StoredEntry): string {
  const text = JSON.stringify(entry);
  return text + crcOf(text);
}

/** @throws StoreDamagedError */
function entryOf(stored: string | undefined): StoredEntry {
  if (stored === undefined) throw new StoreDamagedError('the encrypted state of the stages is damaged');
  const text = stored.slice(0, -CRC_DIGITS);
  if (crcOf(text) !== stored.slice(-CRC_DIGITS)) throw new StoreDamagedError('the state of the stages is damaged');
  return JSON.parse(text) as StoredEntry;
}

function crcOf(text: string): string {
  return crc32(text).toString(16).padStart(CRC_DIGITS, '0');
}

const CRC_DIGITS = 8;
const NAMES_BYTES = 32;

/** An entry says itself which table and key it belongs to. */
const PLACE = { store: 'state', name: '' };

type StoredEntry = readonly [table: string, key: string, order: number, value: string];

interface Versions {
  readonly version: number;
  /** The version before the last commit. */
  readonly previous: number;
}

/**
 * Stores the state of a pipeline's stages on disk. Each commit has a version, which a checkpoint names. The last commit can be
 * undone, so after a crash between a commit and its checkpoint the state of the checkpoint is still available.
 */
export class StateStore {
  readonly #entries: Database<string, string>;
  readonly #meta: Database<string, string>;

  readonly #keys: KeyRing | undefined;
  #names: Buffer | undefined;

  private constructor(
    private readonly root: RootDatabase,
    private readonly folder: string,
    keys: KeyRing | undefined,
  ) {
    this.#keys = keys;
    this.#entries = root.openDB<string, string>({ name: 'entries', encoding: 'string' });
    this.#meta = root.openDB<string, string>({ name: 'meta', encoding: 'string' });
    this.#recode();
  }

  /**
   * @param keys with which the state is encrypted; what another key or none encrypted is encrypted anew
   * @throws Error of the file system, StoreDamagedError, KeyError
   */
  static async open(folder: string, keys?: KeyRing): Promise<StateStore> {
    const root = await openLmdb(folder);
    try {
      return new StateStore(root, folder, keys);
    } catch (error) {
      await root.close();
      throw error;
    }
  }

  /** The stages that the state belongs to, in order; undefined: none yet. */
  get stages(): readonly StagePart[] | undefined {
    const stored = this.#meta.get(STAGES);
    return stored === undefined ? undefined : (JSON.parse(stored) as readonly StagePart[]);
  }

  /** Replaces everything that was stored before: this state becomes the given version. */
  begin(stages: readonly StagePart[], version: number, state: StateChanges = []): void {
    this.#write(() => {
      this.#entries.clearSync();
      this.#meta.clearSync();
      for (const [table, entries] of state) {
        for (const [key, entry] of entries)
          if (entry !== null) this.#entries.putSync(nameOf(table, key), guarded([table, key, ...entry]));
      }
      this.#meta.putSync(STAGES, JSON.stringify(stages));
      this.#meta.putSync(VERSION, JSON.stringify({ version, previous: version } satisfies Versions));
    });
  }

  /**
   * Loads the state of a version, which becomes the last one.
   *
   * @returns undefined if that version is no longer stored, or never was
   */
  load(version: number): StateChanges | undefined {
    const { version: last, previous } = this.#versions();
    if (version !== last && version !== previous) return undefined;
    if (version !== last) this.#takeBack(version);
    const tables = new Map<string, [string, [number, string]][]>();
    for (const { value } of this.#entries.getRange({})) {
      const [table, key, order, text] = entryOf(this.#opened(value));
      const entries = tables.get(table) ?? [];
      tables.set(table, entries);
      entries.push([key, [order, text]]);
    }
    return [...tables];
  }

  /** Durably stores the changes since the last version. @throws StoreWriteError */
  commit(version: number, changes: StateChanges): void {
    const { version: last } = this.#versions();
    if (version === last) return;
    const undo = new Map<string, string | null>();
    this.#write(() => {
      for (const [table, entries] of changes) {
        for (const [key, entry] of entries) {
          const name = this.#nameOf(table, key);
          if (!undo.has(name)) undo.set(name, this.#entries.get(name) ?? null);
          if (entry === null) this.#entries.removeSync(name);
          else this.#put(table, key, entry);
        }
      }
      this.#meta.putSync(UNDO, JSON.stringify([...undo]));
      this.#meta.putSync(VERSION, JSON.stringify({ version, previous: last } satisfies Versions));
    });
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  /** @throws StoreWriteError */
  #write(change: () => void): void {
    writing(this.folder, () => this.root.transactionSync(change));
  }

  #put(table: string, key: string, entry: readonly [number, string]): void {
    this.#entries.putSync(this.#nameOf(table, key), this.#sealed(guarded([table, key, ...entry])));
  }

  #nameOf(table: string, key: string): string {
    if (this.#names === undefined) return nameOf(table, key);
    // What a key says may be as private as the entry.
    return `${table}#${createHmac('sha256', this.#names).update(`${table}=${key}`, 'utf16le').digest('hex')}`;
  }

  #sealed(text: string): string {
    return this.#keys === undefined ? text : sealText(this.#keys, PLACE, text);
  }

  /** @returns undefined if the text is damaged @throws KeyError */
  #opened(stored: string): string | undefined {
    return openText(this.#keys, { ...PLACE, path: this.folder }, stored);
  }

  #putNames(): void {
    if (this.#names !== undefined) this.#meta.putSync(NAMES, this.#sealed(this.#names.toString('hex')));
  }

  /** Encrypts what is not encrypted with the current key. @throws KeyError */
  #recode(): void {
    const stored = this.#meta.get(NAMES);
    if (stored !== undefined) this.#names = Buffer.from(this.#opened(stored) ?? '', 'hex');
    if (this.#names?.length === 0) throw new StoreDamagedError('the encrypted state of the stages is damaged');
    if (this.#keys === undefined || (stored !== undefined && keyIdOfText(stored) === this.#keys.currentId)) return;
    this.#names ??= randomBytes(NAMES_BYTES);
    this.#write(() => {
      const former = [...this.#entries.getRange({})].map(({ key, value }) => [key, value] as const);
      const undo = JSON.parse(this.#meta.get(UNDO) ?? '[]') as readonly (readonly [string, string | null])[];
      const names = new Map<string, string>();
      const recoded = ([name, value]: readonly [string, string | null]): readonly [string, string | null] => {
        if (value === null) return [name, null];
        const text = this.#opened(value);
        const [table, key] = entryOf(text);
        names.set(name, this.#nameOf(table, key));
        return [name, this.#sealed(text ?? '')];
      };
      const entries = former.map(recoded);
      const undone = undo.map(recoded);
      // What an undo removes is named by the entry that is there.
      const renamed = (name: string): string => names.get(name) ?? name;
      this.#entries.clearSync();
      for (const [name, value] of entries) if (value !== null) this.#entries.putSync(renamed(name), value);
      if (undo.length > 0)
        this.#meta.putSync(UNDO, JSON.stringify(undone.map(([name, value]) => [renamed(name), value])));
      this.#putNames();
    });
  }

  #versions(): Versions {
    const stored = this.#meta.get(VERSION);
    return stored === undefined ? { version: 0, previous: 0 } : (JSON.parse(stored) as Versions);
  }

  #takeBack(version: number): void {
    const undo = JSON.parse(this.#meta.get(UNDO) ?? '[]') as readonly (readonly [string, string | null])[];
    this.#write(() => {
      for (const [name, before] of undo) {
        if (before === null) this.#entries.removeSync(name);
        else this.#entries.putSync(name, before);
      }
      this.#meta.removeSync(UNDO);
      this.#meta.putSync(VERSION, JSON.stringify({ version, previous: version } satisfies Versions));
    });
  }
}

/**
 * The folder that holds the state of some stages. @param stateFolder the folder that also holds the checkpoints @param name as
 * checkpoints name it
 */
export function stateFolderOf(stateFolder: string, name: string): string {
  return join(stateFolder, 'state', name);
}

/** Removes the state of some stages, if there is any. */
export function removeState(stateFolder: string, name: string): void {
  rmSync(stateFolderOf(stateFolder, name), { recursive: true, force: true });
}

function nameOf(table: string, key: string): string {
  // Keys in LMDB must be short and contain no zero byte except at their end. UTF-8 would map different lone surrogates to one
  // key.
  const isPlain = key.length <= KEY_CHARACTERS_MAX && /^[\x20-\x7e]*$/.test(key);
  return isPlain ? `${table}=${key}` : `${table}#${createHash('sha256').update(key, 'utf16le').digest('hex')}`;
}
