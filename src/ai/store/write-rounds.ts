import type { Database } from 'lmdb';
import type { Writes } from '../../lmdb/index.js';
import { realClock } from '../../world/index.js';

/**
 * After a round of so many writes, the next one waits a moment for more of them: a transaction writes about as many pages for one
 * as for several, and a call that waits for a provider does not notice.
 */
const BUSY_WRITES = 8;
const GATHER_MS = 4;

/** A write that was asked for, and is issued with the next round. */
interface Asked {
  readonly issue: () => Promise<boolean>;
  readonly resolve: (done: boolean) => void;
  readonly reject: (error: unknown) => void;
  done: boolean;
}

/**
 * The writes to an environment, in rounds: what is asked for while one round is written goes into the next, so that one
 * transaction and one flush do for many writes. A write ends when its round would survive a power failure.
 */
export interface WriteRounds {
  /**
   * @param issue starts the write; what it resolves to is the result
   * @throws StoreWriteError
   */
  write(bytes: number, issue: () => Promise<boolean>): Promise<boolean>;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

export function writeRounds(db: Pick<Database, 'flushed'>, writes: Writes): WriteRounds {
  let asked: Asked[] = [];
  let running: Promise<void> | undefined;

  const begin = (one: Asked): Promise<void> => {
    try {
      return one.issue().then((done) => void (one.done = done));
    } catch (error) {
      // Nothing of it is written, and the others are: a key may be too long.
      one.reject(error);
      return Promise.resolve();
    }
  };

  const writeRound = async (round: readonly Asked[]): Promise<void> => {
    try {
      await writes.done(Promise.all(round.map(begin)));
      await writes.done(db.flushed);
    } catch (error) {
      for (const { reject } of round) reject(error);
      return;
    }
    for (const { resolve, done } of round) resolve(done);
  };

  const writeAll = async (): Promise<void> => {
    let last = 0;
    while (asked.length > 0) {
      // Writes of the same turn go together.
      await (last < BUSY_WRITES ? new Promise(setImmediate) : realClock.wait(GATHER_MS));
      const round = asked;
      asked = [];
      last = round.length;
      await writeRound(round);
    }
    running = undefined;
  };

  return {
    async write(bytes, issue) {
      writes.requireSpace(bytes);
      return await new Promise((resolve, reject) => {
        asked.push({ issue, resolve, reject, done: false });
        running ??= writeAll();
      });
    },
    async idle() {
      await running;
    },
  };
}
