import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
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

/** Serializes an entry: its JSON, followed by that text's CRC-32 in hex, because LMDB does not detect damage within a page. */
function guarded(entry: StoredEntry): string {
  const text = JSON.stringify(entry);
  return text + crcOf(text);
}

/** @throws StoreDamagedError */
function entryOf(stored: string): StoredEntry {
  const text = stored.slice(0, -CRC_DIGITS);
  if (crcOf(text) !== stored.slice(-CRC_DIGITS)) throw new StoreDamagedError('the state of the stages is damaged');
  return JSON.parse(text) as StoredEntry;
}

function crcOf(text: string): string {
  return crc32(text).toString(16).padStart(CRC_DIGITS, '0');
}

const CRC_DIGITS = 8;

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

  private constructor(
    private readonly root: RootDatabase,
    private readonly folder: string,
  ) {
    this.#entries = root.openDB<string, string>({ name: 'entries', encoding: 'string' });
    this.#meta = root.openDB<string, string>({ name: 'meta', encoding: 'string' });
  }

  /** @throws Error of the file system, StoreDamagedError */
  static async open(folder: string): Promise<StateStore> {
    return new StateStore(await openLmdb(folder), folder);
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
      const [table, key, order, text] = entryOf(value);
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
          const name = nameOf(table, key);
          if (!undo.has(name)) undo.set(name, this.#entries.get(name) ?? null);
          if (entry === null) this.#entries.removeSync(name);
          else this.#entries.putSync(name, guarded([table, key, ...entry]));
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
