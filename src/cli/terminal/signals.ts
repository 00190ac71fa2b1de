import { EXIT } from '../exit/exit-codes.js';

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** Listens to signals. */
export interface Signals {
  /** The exit code that a signal requests, once there was one. */
  readonly code: () => number | undefined;
  /** Leaves signals to any other listeners. */
  readonly ignore: () => void;
}

/** The first SIGINT or SIGTERM calls `drain`; the second exits at once. */
export function onSignals(drain: () => void): Signals {
  let code: number | undefined;
  const onSignal = (signal: keyof typeof CODES): void => {
    if (code !== undefined) process.exit(CODES[signal]);
    code = CODES[signal];
    drain();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    code: () => code,
    ignore: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
