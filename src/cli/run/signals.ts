import { EXIT } from '../exit-codes.js';

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/**
 * The first SIGINT or SIGTERM calls `drain`; the second leaves at once.
 *
 * @returns the exit code that the signal asks for, once there was one
 */
export function onSignals(drain: () => void): () => number | undefined {
  let code: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (code !== undefined) process.exit(CODES[signal]);
      code = CODES[signal];
      drain();
    });
  }
  return () => code;
}
