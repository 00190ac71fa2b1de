import { setMaxListeners } from 'node:events';

/**
 * Calls a function once when a signal is aborted. Any number of callers may wait for one signal; Node reports more than ten
 * listeners as a leak.
 *
 * @param signal undefined: never aborted
 * @returns stops waiting; the caller must call it when it no longer waits
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => undefined;
  setMaxListeners(0, signal);
  signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
}
