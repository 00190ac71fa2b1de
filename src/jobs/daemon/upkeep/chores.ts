import type { LogWorld } from '../../../log/index.js';

/** Something that is done from time to time as long as the daemon runs. */
export interface Chore {
  readonly everyMs: number;
  readonly run: () => Promise<void> | void;
}

/** Does the chores, each in its own time, until the signal ends them. @returns when the last one has come to its end */
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
