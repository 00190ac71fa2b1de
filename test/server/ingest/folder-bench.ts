import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSystem } from '../../../src/files/index.js';
import { Log, nodeWorld, type Receipt, type LogWorld } from '../../../src/log/index.js';
import { EventReader, ingestFolder } from '../../../src/server/index.js';
import { scratch } from '../../support/cli.js';

/** Between two looks as much time passes as is needed for a file to rest after two of them. */
const LOOK_MS = 600;

/** The real world, but for the waiting until bytes are on the medium: nobody pulls the plug here. */
function unsyncedWorld(): LogWorld {
  const world = nodeWorld();
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    ...world,
    disk: {
      ...world.disk,
      syncFolder: nothing,
      async open(path, mode) {
        const file = await world.disk.open(path, mode);
        return {
          read: (...where) => file.read(...where),
          write: (...what) => file.write(...what),
          size: () => file.size(),
          truncate: (bytes) => file.truncate(bytes),
          datasync: nothing,
          close: () => file.close(),
        };
      },
    },
  };
}

/** When the process dies: before the append that counts to its end is made, or when it is durable. */
export interface Death {
  readonly appends: number;
  readonly when: 'before' | 'after';
}

export interface BenchOptions {
  readonly unfinishedLineMs?: number;
  readonly patterns?: readonly string[];
  readonly idempotencyPointer?: string;
  /** Events that are appended at a time. */
  readonly entriesMax?: number;
  readonly lineBytesMax?: number;
  readonly fs?: FileSystem;
}

/** A watched folder and a log in a folder of their own, with a clock that goes only as far as it is told to. */
export class FolderBench {
  /** What was told, without the folder: `stored a.ndjson 3`. */
  readonly told: string[] = [];
  /** Why files could not be read. */
  readonly errors: string[] = [];
  home = scratch();
  #log: Log | undefined;
  #now = 0;
  #looksLeft = 0;
  #run: { readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined;
  #onStill: () => void = () => undefined;
  #goOn: () => void = () => undefined;
  #death: Death | undefined;

  constructor(private readonly options: BenchOptions = {}) {
    mkdirSync(join(this.home, 'in'));
  }

  at(name: string): string {
    return join(this.home, 'in', name);
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /** Dies at that append, counted from now. */
  dieAt(death: Death): void {
    this.#death = death;
  }

  async start(): Promise<void> {
    const log = await this.#openLog();
    const stop = new AbortController();
    const { patterns = ['*'], unfinishedLineMs = 600_000, entriesMax = 2, lineBytesMax = 1000 } = this.options;
    const tell = (what: string, file: string, more?: string | number): void =>
      void this.told.push(`${what} ${file.split('/').at(-1) ?? ''}${more === undefined ? '' : ` ${more}`}`);
    const ended = ingestFolder(
      {
        folder: join(this.home, 'in'),
        patterns,
        pipeline: 'default',
        besides: [],
        stateFolder: join(this.home, 'state'),
        home: this.home,
        unfinishedLineMs,
        isSynced: false,
      },
      {
        store: {
          append: (entries) => this.#append(log, entries),
          tryAppend: (entries) => log.tryAppend(entries),
          read: (what) => log.read(what),
          recent: () => undefined,
        },
        log,
        newReader: () => new EventReader(100, this.options.idempotencyPointer),
        entriesMax,
        lineBytesMax,
      },
      {
        stored: (file, count) => tell('stored', file, count),
        failed: (file, error) => {
          tell('failed', file);
          this.errors.push(String(error));
        },
        rewritten: (file) => tell('rewritten', file),
        unfinished: (file, line, isEvent) => tell('unfinished', file, `${line} ${isEvent ? 'event' : 'broken'}`),
        continued: (file, as) => tell('went on', file, as),
        again: (file, earlier) => tell('again', file, earlier),
        leftAlone: (file, reason) => tell('left', file, reason),
        goneUnread: (file) => tell('gone unread', file),
        folderFailed: () => void this.told.push('folder failed'),
        folderBack: () => void this.told.push('folder back'),
        notesDamaged: (_, lines) => void this.told.push(`notes damaged ${lines}`),
      },
      {
        elapsed: () => this.#now,
        wait: (_, signal) => this.#wait(signal),
        ...(this.options.fs && { fs: this.options.fs }),
      },
      stop.signal,
    );
    this.#run = { stop, ended: ended.catch((error: unknown) => error).finally(() => this.#onStill()) };
  }

  /** Lets the watch look so often, and waits until it has done what it found. @returns false when it died */
  async look(times = 4): Promise<boolean> {
    const still = new Promise<'still'>((resolve) => (this.#onStill = () => resolve('still')));
    this.#looksLeft = times;
    this.#goOn();
    await still;
    if (this.#death !== undefined && this.#death.appends < 0) {
      await this.#run?.ended;
      this.#run = undefined;
      this.#death = undefined;
      return false;
    }
    return true;
  }

  /** Stops as a daemon does. */
  async stop(): Promise<void> {
    this.#run?.stop.abort();
    this.#goOn();
    const error = await this.#run?.ended;
    this.#run = undefined;
    if (error !== undefined) throw error as Error;
  }

  /** Moves all to another place: as it is, or as a copy whose files have other inodes. To be stopped before. */
  async move(how: 'mv' | 'cp'): Promise<void> {
    await this.#closeLog();
    const next = join(scratch(), 'home');
    if (how === 'mv') renameSync(this.home, next);
    else {
      execFileSync('cp', ['-a', this.home, next]);
      rmSync(this.home, { recursive: true });
    }
    this.home = next;
  }

  /** The data of all that is stored, in order. */
  async events(): Promise<string[]> {
    const data: string[] = [];
    const log = await this.#openLog();
    for await (const { bytes } of log.read({ from: { since: 0 } })) {
      for (const line of bytes.toString().split('\n').slice(0, -1))
        data.push(JSON.stringify((JSON.parse(line) as { data: unknown }).data));
    }
    return data;
  }

  /** The lines that broken lines were, in their files. */
  async refusedLines(): Promise<number[]> {
    const lines: number[] = [];
    for await (const { bytes } of (await this.#openLog()).read({ from: { since: 0 } })) {
      for (const [, line] of bytes.toString().matchAll(/"line":([0-9]+)/g)) lines.push(Number(line));
    }
    return lines;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#closeLog();
    rmSync(this.home, { recursive: true, force: true });
  }

  async #openLog(): Promise<Log> {
    const options = { durability: 'os', segmentBytesMax: 1 << 20, pack: false, memoryRecordsMax: 0 } as const;
    const keys = this.options.idempotencyPointer !== undefined;
    this.#log ??= await Log.open(unsyncedWorld(), { folder: join(this.home, 'data'), ...options, keys });
    return this.#log;
  }

  async #closeLog(): Promise<void> {
    await this.#log?.close();
    this.#log = undefined;
  }

  async #append(log: Log, entries: Parameters<Log['append']>[0]): Promise<Receipt> {
    const death = this.#death;
    if (death === undefined) return await log.append(entries);
    const isLast = death.appends <= 0;
    this.#death = { ...death, appends: death.appends - 1 };
    if (!isLast || death.when === 'after') {
      const receipt = await log.append(entries);
      if (!isLast) return receipt;
    }
    throw new Error('killed');
  }

  async #wait(signal: AbortSignal): Promise<void> {
    while (this.#looksLeft === 0 && !signal.aborted) {
      const called = new Promise<void>((resolve) => (this.#goOn = resolve));
      this.#onStill();
      await called;
    }
    this.#looksLeft = Math.max(0, this.#looksLeft - 1);
    this.#now += LOOK_MS;
  }
}
