import { statfsSync } from 'node:fs';

/** What is kept can't be written, most often because the disk is full. Nothing of that write is stored. */
export class StoreWriteError extends Error {
  override readonly name = 'StoreWriteError';

  constructor(folder: string, cause: unknown) {
    super(`cannot write to the state in ${folder}: ${reasonOf(cause)}`, { cause });
  }
}

/** What must be free beside a write: on a disk that is full LMDB's package leaves writes without an end, and without a word. */
const FREE_BYTES_MIN = 2 ** 20;

/** A record is written with the pages around it. */
const BYTES_PER_BYTE = 4;

/** No disk is filled up from this much in so short a time: until then it is not asked again. */
const PLENTY_BYTES = 4 * 2 ** 30;
const PLENTY_LASTS_MS = 50;

/** The writes to an environment. */
export interface Writes {
  /**
   * Call this before a write of so many bytes.
   *
   * @throws StoreWriteError when there is no room for it; as soon as there is, writes go on
   */
  needRoom(bytes: number): void;
  /**
   * Waits for a write.
   *
   * @throws StoreWriteError also when another one has failed: LMDB's package leaves some without an end then
   */
  done<T>(write: Promise<T>): Promise<T>;
  /** One has failed, and whether others ever end is not known. */
  readonly haveFailed: boolean;
}

export function writesTo(folder: string): Writes {
  const underWay = new Set<(error: StoreWriteError) => void>();
  /** Until when there is room for sure, in milliseconds of a clock that never jumps. */
  let hasPlentyUntil = Number.NEGATIVE_INFINITY;
  let failure: StoreWriteError | undefined;
  const failAll = async (error: unknown): Promise<void> => {
    const cause = await causeOf(error);
    failure ??= new StoreWriteError(folder, cause);
    for (const fail of underWay) fail(failure);
  };
  return {
    needRoom(bytes) {
      const now = performance.now();
      if (now < hasPlentyUntil) return;
      const { bavail, bsize } = writing(folder, () => statfsSync(folder));
      const free = bavail * bsize;
      if (free < FREE_BYTES_MIN + bytes * BYTES_PER_BYTE) {
        throw new StoreWriteError(folder, 'there is no space left on the device');
      }
      if (free > PLENTY_BYTES) hasPlentyUntil = now + PLENTY_LASTS_MS;
    },
    done: (write) =>
      new Promise((resolve, reject) => {
        if (failure === undefined) underWay.add(reject);
        else reject(failure);
        // What LMDB's package gives is not always a promise.
        Promise.resolve(write)
          .then(resolve, failAll)
          .finally(() => underWay.delete(reject));
      }),
    get haveFailed() {
      return failure !== undefined;
    },
  };
}

/**
 * Writes at once.
 *
 * @throws StoreWriteError
 */
export function writing<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new StoreWriteError(folder, error);
  }
}

/**
 * LMDB's package keeps promises of its own for a commit, which nobody can wait for: when one fails, whoever waits for his write
 * is told, and these are no reason to end the process.
 */
export function tolerateFailedCommits(): void {
  if (process.listeners('unhandledRejection').includes(rethrowOthers)) return;
  process.on('unhandledRejection', rethrowOthers);
}

function rethrowOthers(reason: unknown): void {
  if (!isFailedCommit(reason)) throw reason;
  void causeOf(reason);
}

function isFailedCommit(error: unknown): error is { readonly commitError: unknown } {
  return error instanceof Error && 'commitError' in error;
}

/** All writes of a failed transaction fail alike; why, LMDB says in a promise of its own. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!isFailedCommit(error)) return error;
  return await Promise.resolve(error.commitError).catch((cause: unknown) => cause);
}

/** LMDB names the page, too: `No space left on device: Attempting to write page at position …`. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/: Attempting to write .*/s, '') : String(cause);
}
