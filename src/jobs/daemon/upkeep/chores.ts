import type { LogWorld } from '../../../log/index.js';

/** A task that is repeated as long as the daemon runs. */
export interface Chore {
  readonly everyMs: number;
  readonly run: () => Promise<void> | void;
}

/** Runs the chores, each at its own interval, until the signal is aborted. @returns when the last one has finished */
export async function doChores(
  chores: readonly Chore[],
  { wait }: Pick<LogWorld, 'wait'>,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    chores.map(async ({ everyMs, run }) => {
      for (;;) {
        await wait(everyMs, signal);
        if (signal.aborted) return;
        await run();
      }
    }),
  );
}
