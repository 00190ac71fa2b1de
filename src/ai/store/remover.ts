import type { Store } from './store.js';

/** Removes many records: each removal waits for the disk, so several of them wait together. */
export interface Remover {
  /** Resolves when there is room for another one. */
  remove(key: string): Promise<void>;
  /** Resolves when all are gone. */
  finish(): Promise<void>;
}

const TOGETHER = 1000;

export function remover(store: Store): Remover {
  let underWay: Promise<void>[] = [];
  const finish = async (): Promise<void> => {
    const removals = underWay;
    underWay = [];
    await Promise.all(removals);
  };
  return {
    async remove(key) {
      underWay.push(store.remove(key));
      if (underWay.length >= TOGETHER) await finish();
    },
    finish,
  };
}
