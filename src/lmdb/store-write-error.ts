import { statfsSync } from 'node:fs';

/** State can't be written, most often because the disk is full. Nothing of that write is stored. */
export class StoreWriteError extends Error {
  override readonly name = 'StoreWriteError';

  constructor(folder: string, cause: unknown) {
    super(`cannot write to the state in ${folder}: ${reasonOf(cause)}`, { cause });
  }
}

/** What must remain free besides the write: on a full disk, LMDB's package leaves writes pending forever, without an error. */
const FREE_BYTES_MIN = 2 ** 20;

/** A record is written together with its surrounding pages. */
const BYTES_PER_BYTE = 4;

/** No disk is filled up from this much in so short a time: until then it is not asked again. */
const PLENTY_BYTES = 4 * 2 ** 30;
const PLENTY_LASTS_MS = 50;

/** The writes to an environment. */
export interface Writes {
  /**
   * Call this before a write of `bytes` bytes.
   *
   * @throws StoreWriteError if there is not enough space; writes can continue as soon as there is
   */
  requireSpace(bytes: number): void;
  /**
   * Waits for a write.
   *
   * @throws StoreWriteError also if another write has failed, because LMDB's package may then leave this one pending forever
   */
  done<T>(write: Promise<T>): Promise<T>;
  /** Whether a write has failed. It is then unknown whether other writes ever end. */
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
    requireSpace(bytes) {
      // `performance` would have to be loaded first.
      const now = process.uptime() * 1000;
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
        // LMDB's package does not always return a promise.
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
 * Runs a synchronous write.
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
 * Prevents rejected commit promises from ending the process. LMDB's package keeps promises of its own for a commit, which nobody
 * can await. When a commit fails, those who wait for its writes are notified anyway.
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

/** Returns the cause of a failed write. All writes of a failed transaction fail alike; LMDB gives the cause in a separate promise. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!isFailedCommit(error)) return error;
  return await Promise.resolve(error.commitError).catch((cause: unknown) => cause);
}

/** Omits the page that LMDB names: `No space left on device: Attempting to write page at position …`. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/: Attempting to write .*/s, '') : String(cause);
}
