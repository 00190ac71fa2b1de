import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { openLmdb } from '../lmdb/index.js';
import type { StateChanges } from '../pipeline/index.js';

/** LMDB takes no longer keys; a longer one is stored under its hash. */
const KEY_CHARACTERS_MAX = 400;

/** The name under which the version stands, beside the entries. */
const VERSION = 'version';
/** What the last commit replaced, to go back by one. */
const UNDO = 'undo';
/** Whose state it is. */
const STAGES = 'stages';

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

  private constructor(private readonly root: RootDatabase) {
    this.#entries = root.openDB<string, string>({ name: 'entries', encoding: 'string' });
    this.#meta = root.openDB<string, string>({ name: 'meta', encoding: 'string' });
  }

  /** @throws Error of the file system, StoreDamagedError */
  static async open(folder: string): Promise<StateStore> {
    return new StateStore(await openLmdb(folder));
  }

  /** Whose state it is; undefined: nobody's yet. */
  get stages(): string | undefined {
    return this.#meta.get(STAGES);
  }

  /** Forgets everything: a version is empty. */
  begin(stages: string, version: number): void {
    this.root.transactionSync(() => {
      this.#entries.clearSync();
      this.#meta.clearSync();
      this.#meta.putSync(STAGES, stages);
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
      const [table, key, order, text] = JSON.parse(value) as StoredEntry;
      const entries = tables.get(table) ?? [];
      tables.set(table, entries);
      entries.push([key, [order, text]]);
    }
    return [...tables];
  }

  /** Stores what has changed since the last version, durably. */
  commit(version: number, changes: StateChanges): void {
    const { version: last } = this.#versions();
    if (version === last) return;
    const undo = new Map<string, string | null>();
    this.root.transactionSync(() => {
      for (const [table, entries] of changes) {
        for (const [key, entry] of entries) {
          const name = nameOf(table, key);
          if (!undo.has(name)) undo.set(name, this.#entries.get(name) ?? null);
          if (entry === null) this.#entries.removeSync(name);
          else this.#entries.putSync(name, JSON.stringify([table, key, ...entry] satisfies StoredEntry));
        }
      }
      this.#meta.putSync(UNDO, JSON.stringify([...undo]));
      this.#meta.putSync(VERSION, JSON.stringify({ version, previous: last } satisfies Versions));
    });
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  #versions(): Versions {
    const stored = this.#meta.get(VERSION);
    return stored === undefined ? { version: 0, previous: 0 } : (JSON.parse(stored) as Versions);
  }

  #takeBack(version: number): void {
    const undo = JSON.parse(this.#meta.get(UNDO) ?? '[]') as readonly (readonly [string, string | null])[];
    this.root.transactionSync(() => {
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
