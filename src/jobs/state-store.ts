import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { openLmdb, StoreDamagedError, writing } from '../lmdb/index.js';
import type { StateChanges } from '../pipeline/index.js';
import type { StagePart } from './stage-parts.js';

/** LMDB takes no longer keys; a longer one is stored under its hash. */
const KEY_CHARACTERS_MAX = 400;

/** The name under which the version stands, beside the entries. */
const VERSION = 'version';
/** What the last commit replaced, to go back by one. */
const UNDO = 'undo';
/** Whose state it is. */
const STAGES = 'stages';

/** An entry as it is stored: its JSON, and behind it the CRC-32 of that in hex, because LMDB sees no damage within a page. */
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
  /** Before the last commit. */
  readonly previous: number;
}

/**
 * What the stages of a pipeline know, on the disk. Each commit has a version, which a checkpoint names: who died between a commit
 * and its checkpoint finds the state of the checkpoint, because the last commit can be taken back.
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

  /** Whose state it is, in the order of their places; undefined: nobody's yet. */
  get stages(): readonly StagePart[] | undefined {
    const stored = this.#meta.get(STAGES);
    return stored === undefined ? undefined : (JSON.parse(stored) as readonly StagePart[]);
  }

  /** Forgets everything that was stored before: a version is this state. */
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
   * The state of a version, which becomes the last one.
   *
   * @returns undefined when that is not stored any more, or never was
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

  /** Stores what has changed since the last version, durably. @throws StoreWriteError */
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

/** Where the state of some stages is kept. @param stateFolder where checkpoints are kept, too @param name as checkpoints name it */
export function stateFolderOf(stateFolder: string, name: string): string {
  return join(stateFolder, 'state', name);
}

/** Removes the state of some stages, if there is any. */
export function removeState(stateFolder: string, name: string): void {
  rmSync(stateFolderOf(stateFolder, name), { recursive: true, force: true });
}

function nameOf(table: string, key: string): string {
  // LMDB's keys hold no zero byte in front of their end, and are short. UTF-8 would make one of different lone surrogates.
  const isPlain = key.length <= KEY_CHARACTERS_MAX && /^[\x20-\x7e]*$/.test(key);
  return isPlain ? `${table}=${key}` : `${table}#${createHash('sha256').update(key, 'utf16le').digest('hex')}`;
}
