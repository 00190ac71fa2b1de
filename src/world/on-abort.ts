import { setMaxListeners } from 'node:events';

/** Who waits for a signal. To each signal only one listener is added: to add one takes the longer, the more there are. */
const waiting = new WeakMap<AbortSignal, Waiting>();

interface Waiting {
  readonly acts: Set<() => void>;
  readonly callAll: () => void;
}

/**
 * Calls a function once when a signal is aborted. Any number of callers may wait for one signal.
 *
 * @param signal undefined: never aborted
 * @returns stops waiting; the caller must call it when it no longer waits
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => undefined;
  const { acts, callAll } = waitingFor(signal);
  // The same function may wait more than once.
  const own = (): void => act();
  if (acts.size === 0) signal.addEventListener('abort', callAll, { once: true });
  acts.add(own);
  return () => {
    // With a listener, a signal that nobody else knows would stay in memory.
    if (acts.delete(own) && acts.size === 0) signal.removeEventListener('abort', callAll);
  };
}

function waitingFor(signal: AbortSignal): Waiting {
  const known = waiting.get(signal);
  if (known !== undefined) return known;
  // Others may add listeners of their own, and Node reports more than ten as a leak.
  setMaxListeners(0, signal);
  const acts = new Set<() => void>();
  const callAll = (): void => {
    for (const act of [...acts]) if (acts.delete(act)) act();
  };
  const made = { acts, callAll };
  waiting.set(signal, made);
  return made;
}
