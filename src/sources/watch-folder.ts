import { join } from 'node:path';
import { hasCode, nodeFileSystem, type FileStats, type FileSystem, type PresentFiles } from '../files/index.js';
import { nameRule, nameText, reasonByKind, type NameRule } from './skipped-names.js';

/** A file is read once it has not changed for this long, … */
const STABLE_MS = 1000;
/** … or, if it keeps changing, after this long at the latest. */
const RESTLESS_MS = 5000;
const LOOK_MS = 200;
/** How long every check includes a file that has changed. */
const LIVELY_MS = 60_000;
const LIVELY_MAX = 1000;
/** Checking all files takes at most this share of the time. */
const LOOK_SHARE = 1 / 20;
/** How many skipped entries are remembered, so that each is reported once. */
const TOLD_MAX = 10_000;
/** The maximum number of concurrent stat calls. */
const CALLS_MAX = 32;

/** A file to read: it is new, has changed, or its requested delay is over. */
export interface WatchedFile {
  readonly name: string;
  readonly path: string;
  readonly stats: FileStats;
  /** Its name matches no pattern: the file was read under another name and may have grown before it was renamed. */
  readonly isRenamedAway: boolean;
  /** Whether the file has been unchanged for long enough; if not, it is still being written, and we no longer wait for it. */
  readonly isAtRest: boolean;
  /** How long {@link again} delayed the file, in milliseconds; 0: not at all. */
  readonly waitedMs: number;
  /** Requests the file again once it has been unchanged for this many milliseconds since it was returned. */
  again(ms: number): void;
}

/** Callbacks of a watch. */
export interface WatchTalk {
  /** An entry of the folder is skipped. Called once per entry. */
  readonly leftAlone: (path: string, reason: string) => void;
  /** A file with unread content is gone. */
  readonly goneUnread: (path: string) => void;
  /** The folder can't be read. Called when the reason changes. */
  readonly folderFailed: (error: unknown) => void;
  /** The folder is readable again. */
  readonly folderBack: () => void;
}

/** Clock and waiting. */
export interface WatchWorld {
  /** Milliseconds since some fixed moment. */
  readonly elapsed: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface FolderWatchOptions {
  readonly folder: string;
  /** Patterns of file names; `*` stands for any characters. */
  readonly patterns: readonly string[];
  /** Whether an inode belongs to a file that was read, whatever the file's name is now. */
  readonly isKnown?: (node: string) => boolean;
  /** Paths of files that are never read, whatever other names they have, because the watcher writes them. */
  readonly ownFiles?: readonly string[];
  readonly talk: WatchTalk;
  readonly world: WatchWorld;
  readonly fs?: FileSystem;
}

interface Entry {
  stats: FileStats;
  readonly isRenamedAway: boolean;
  /** When the file was last seen to change. */
  changedAt: number;
  /** When the file first changed since it was returned. */
  restlessSince: number;
  lookedAt: number;
  isGiven: boolean;
  /** When to return the file again, unless it changes. */
  due: { readonly at: number; readonly waitedMs: number } | undefined;
}

/**
 * The files of a folder. Checks them repeatedly, because change notices get lost: at the start of a watch, on network file
 * systems, with the folder itself. Does not enter subfolders or follow links.
 */
export class FolderWatch implements PresentFiles {
  readonly #fs: FileSystem;
  readonly #rule: NameRule;
  readonly #entries = new Map<string, Entry>();
  readonly #names = new Map<string, Set<string>>();
  readonly #told = new Set<string>();
  /** Names that match no pattern, of files that were read under other names. */
  #renamedAway: ReadonlySet<string> = new Set();
  /** Inodes of the watcher's own files, as of the last check. */
  #own: ReadonlySet<string | undefined> = new Set();
  /** Files with unread content whose names disappeared, by inode. */
  readonly #unread = new Map<string, string>();
  #version = 0;
  #folderStamp: string | undefined;
  #failure: string | undefined;
  #fullLookAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: FolderWatchOptions) {
    this.#fs = options.fs ?? nodeFileSystem;
    this.#rule = nameRule(options.patterns);
  }

  /**
   * Yields files as they arrive, simultaneous ones in the order of their names, because people number their files. @param signal
   * ends the watch
   */
  async *files(signal: AbortSignal): AsyncGenerator<WatchedFile, void, void> {
    const { world } = this.options;
    while (!signal.aborted) {
      await this.#scan();
      for (const [name, entry] of this.#ready()) {
        yield this.#given(name, entry);
      }
      await world.wait(LOOK_MS, signal);
    }
  }

  get version(): number {
    return this.#version;
  }

  has(name: string): boolean {
    return this.#entries.get(name)?.isRenamedAway === false;
  }

  hasChanged(name: string): boolean {
    return this.#entries.get(name)?.isGiven !== true;
  }

  namesOf(node: string): readonly string[] {
    return [...(this.#names.get(node) ?? [])];
  }

  open(name: string): number | undefined {
    try {
      return this.#fs.openUnlinked(join(this.options.folder, name));
    } catch {
      return undefined;
    }
  }

  async #scan(): Promise<void> {
    const { folder, talk, world } = this.options;
    const start = world.elapsed();
    this.#version += 1;
    try {
      const stats = await this.#fs.statLater(folder, 'follow');
      if (stats === undefined) throw Object.assign(new Error('the folder is gone'), { code: 'ENOENT' });
      if (stats.kind !== 'folder') throw Object.assign(new Error('it is not a folder'), { code: 'ENOTDIR' });
      const isFull = start >= this.#fullLookAt;
      const isListed = isFull || stats.stamp !== this.#folderStamp;
      const names = isListed ? await this.#list() : [];
      this.#folderStamp = stats.stamp;
      this.#own = new Set(await Promise.all(this.#ownNodes()));
      await this.#lookAt(
        isFull ? names : [...names.filter((name) => !this.#entries.has(name)), ...this.#lively(start)],
      );
      this.#reportGone();
      if (isFull) this.#planFullLook(start);
      if (this.#failure !== undefined) talk.folderBack();
      this.#failure = undefined;
    } catch (error) {
      const reason = String(error);
      if (reason !== this.#failure) talk.folderFailed(error);
      this.#failure = reason;
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) this.#forgetBut(new Set());
    }
  }

  #planFullLook(start: number): void {
    const { elapsed } = this.options.world;
    const isWaiting = [...this.#entries.values()].some(({ isGiven }) => !isGiven);
    const took = elapsed() - start;
    this.#fullLookAt = elapsed() + (isWaiting ? took : took / LOOK_SHARE);
  }

  /** Lists the names to read, and only those. */
  async #list(): Promise<string[]> {
    const { folder } = this.options;
    const names: string[] = [];
    const others: string[] = [];
    for (const bytes of await this.#fs.list(folder)) {
      const name = nameText(bytes);
      if (name === undefined) {
        this.#leaveAlone(bytes.toString('latin1'), 'its name is not valid UTF-8');
      } else if (this.#rule.matches(name)) {
        const reason = this.#rule.reasonAgainst(name);
        if (reason === undefined) names.push(name);
        else this.#leaveAlone(name, reason);
      } else others.push(name);
    }
    this.#renamedAway = await this.#knownAmong(others);
    names.push(...this.#renamedAway);
    this.#forgetBut(new Set(names));
    return names;
  }

  #ownNodes(): Promise<string | undefined>[] {
    const { ownFiles = [] } = this.options;
    return ownFiles.map(async (file) => (await this.#fs.statLater(file, 'follow').catch(() => undefined))?.node);
  }

  async #knownAmong(names: readonly string[]): Promise<ReadonlySet<string>> {
    const { isKnown } = this.options;
    const known = new Set<string>();
    if (isKnown === undefined) return known;
    await this.#statAll(names, (name, stats) => {
      if (stats?.kind === 'file' && stats.node !== undefined && isKnown(stats.node)) known.add(name);
    });
    return known;
  }

  async #lookAt(names: readonly string[]): Promise<void> {
    await this.#statAll(names, (name, stats) => {
      this.#saw(name, stats);
    });
  }

  async #statAll(names: readonly string[], saw: (name: string, stats: FileStats | undefined) => void): Promise<void> {
    const left = names[Symbol.iterator]();
    const some = async (): Promise<void> => {
      for (const name of left) saw(name, await this.#fs.statLater(join(this.options.folder, name), 'show'));
    };
    await Promise.all(Array.from({ length: Math.min(CALLS_MAX, names.length) }, some));
  }

  #saw(name: string, stats: FileStats | undefined): void {
    const now = this.options.world.elapsed();
    const isOwn = stats?.node !== undefined && this.#own.has(stats.node);
    const reason = isOwn ? 'it is an output of this config, under another name' : stats && reasonByKind(stats.kind);
    if (reason !== undefined) this.#leaveAlone(name, reason);
    if (stats === undefined || reason !== undefined) {
      this.#forget(name);
      return;
    }
    const entry = this.#entries.get(name);
    if (entry !== undefined && entry.stats.node === stats.node && isUnchanged(entry.stats, stats)) {
      entry.lookedAt = now;
      return;
    }
    const restlessSince = entry === undefined || entry.isGiven ? now : entry.restlessSince;
    this.#forget(name);
    const isRenamedAway = this.#renamedAway.has(name);
    this.#entries.set(name, {
      stats,
      isRenamedAway,
      changedAt: now,
      restlessSince,
      lookedAt: now,
      isGiven: false,
      due: undefined,
    });
    if (stats.node === undefined || isRenamedAway) return;
    this.#names.set(stats.node, (this.#names.get(stats.node) ?? new Set()).add(name));
  }

  #lively(now: number): string[] {
    const names: string[] = [];
    for (const [name, { changedAt, isGiven }] of this.#entries) {
      if (isGiven && now - changedAt > LIVELY_MS) continue;
      names.push(name);
      if (names.length === LIVELY_MAX) break;
    }
    return names;
  }

  #ready(): [string, Entry][] {
    const ready: [string, Entry][] = [];
    for (const [name, entry] of this.#entries) {
      const { changedAt, restlessSince, lookedAt, isGiven, due } = entry;
      const isReady = isGiven
        ? due !== undefined && lookedAt >= due.at
        : lookedAt - changedAt >= STABLE_MS || lookedAt - restlessSince >= RESTLESS_MS;
      if (isReady) ready.push([name, entry]);
    }
    return ready.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #given(name: string, entry: Entry): WatchedFile {
    const { stats, isRenamedAway, lookedAt, changedAt, due } = entry;
    entry.isGiven = true;
    entry.due = undefined;
    return {
      name,
      path: join(this.options.folder, name),
      stats,
      isRenamedAway,
      isAtRest: lookedAt - changedAt >= STABLE_MS,
      waitedMs: due?.waitedMs ?? 0,
      again: (ms) => (entry.due = { at: lookedAt + ms, waitedMs: ms }),
    };
  }

  #forgetBut(names: ReadonlySet<string>): void {
    for (const name of this.#entries.keys()) if (!names.has(name)) this.#forget(name);
  }

  #reportGone(): void {
    if (this.#unread.size === 0) return;
    for (const { stats } of this.#entries.values()) if (stats.node !== undefined) this.#unread.delete(stats.node);
    for (const name of this.#unread.values()) this.options.talk.goneUnread(join(this.options.folder, name));
    this.#unread.clear();
  }

  #forget(name: string): void {
    const entry = this.#entries.get(name);
    const node = entry?.stats.node;
    this.#entries.delete(name);
    if (node === undefined) return;
    if (entry?.isGiven === false && this.#unread.size < TOLD_MAX) this.#unread.set(node, name);
    const names = this.#names.get(node);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(node);
  }

  #leaveAlone(name: string, reason: string): void {
    if (this.#told.has(name) || this.#told.size >= TOLD_MAX) return;
    this.#told.add(name);
    this.options.talk.leftAlone(join(this.options.folder, name), reason);
  }
}

function isUnchanged(one: FileStats, other: FileStats): boolean {
  return one.size === other.size && one.stamp === other.stamp;
}
