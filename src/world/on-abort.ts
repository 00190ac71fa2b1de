import { setMaxListeners } from 'node:events';

/**
 * Does something once when a signal is aborted. Any number may wait for one signal: Node would take more than ten for a leak.
 *
 * @param signal undefined: it never is
 * @returns takes it back; whoever has waited must
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => undefined;
  setMaxListeners(0, signal);
  signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
}
