import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { writeRounds } from '../../../src/ai/store/write-rounds.js';

const TRIES_MAX = 1000;

/** An environment whose rounds end when the test says so, and the writes that were issued to it. */
function setup() {
  const issued: string[] = [];
  let flush: (() => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  const db = {
    get flushed() {
      return new Promise<boolean>((resolve, reject) => {
        flush = () => resolve(true);
        fail = reject;
      });
    },
  };
  const rounds = writeRounds(db, {
    requireSpace: () => undefined,
    done: (write) => write,
    haveFailed: false,
  });
  const write = (name: string, done = true): Promise<boolean> =>
    rounds.write(1, () => {
      issued.push(name);
      return Promise.resolve(done);
    });
  /** Waits until a round is issued, and lets it end. */
  const end = async (error?: Error): Promise<void> => {
    for (let tries = 0; flush === undefined && tries < TRIES_MAX; tries++) await setTimeout(1);
    if (flush === undefined) throw new Error('no round was written');
    if (error === undefined) flush();
    else fail?.(error);
    flush = undefined;
  };
  return { issued, write, end, rounds };
}

describe('writes', () => {
  it('that are asked for while others are written go together, into the next round', async () => {
    const { issued, write, end, rounds } = setup();
    const first = write('a');
    while (issued.length === 0) await new Promise(setImmediate);
    const later = ['b', 'c', 'd'].map((name) => write(name, name !== 'c'));
    await new Promise(setImmediate);
    expect(issued).toEqual(['a']);
    await end();
    expect(await first).toBe(true);
    await end();
    expect(await Promise.all(later)).toEqual([true, false, true]);
    await rounds.idle();
    expect(issued).toEqual(['a', 'b', 'c', 'd']);
  });

  it('of a round that fails all fail, and the next round is tried', async () => {
    const { write, end, rounds } = setup();
    const writes = Promise.allSettled([write('a'), write('b')]);
    await end(new Error('the disk is full'));
    expect((await writes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = write('c');
    await end();
    expect(await next).toBe(true);
    await rounds.idle();
  });

  it('that can not even be begun fail alone', async () => {
    const { write, end, rounds } = setup();
    const refusal = expect(
      rounds.write(1, () => {
        throw new Error('the key is too long');
      }),
    ).rejects.toThrow('too long');
    const good = write('a');
    await end();
    await refusal;
    expect(await good).toBe(true);
  });

  it('of a busy time all end, after any number of rounds', async () => {
    const { issued, write, end, rounds } = setup();
    for (let round = 0; round < 3; round++) {
      const writes = Array.from({ length: 20 }, (_, i) => write(`${round}.${i}`));
      await end();
      expect(await Promise.all(writes)).toEqual(writes.map(() => true));
    }
    await rounds.idle();
    expect(issued).toHaveLength(60);
  });
});
