import { onAbort } from '../../world/index.js';

/** The two ways to stop a call. */
export interface CallScope {
  /** Nothing more may be sent; what is under way is finished. */
  readonly soft: AbortSignal;
  /** What is under way is aborted. */
  readonly hard: AbortSignal;
  end(): void;
}

/** All calls under way, to stop them together. */
export interface CallScopes {
  /** @param signal the caller's own signal, which aborts this call */
  begin(signal?: AbortSignal): CallScope;
  /** Permanent: calls that begin later are stopped at once. */
  drain(): void;
  abort(): void;
  /** Resolves when no call is under way. */
  idle(): Promise<void>;
  readonly size: number;
}

export function createScopes(): CallScopes {
  const open = new Set<{ readonly soft: AbortController; readonly hard: AbortController }>();
  const waiting = new Set<() => void>();
  let stage: 'running' | 'draining' | 'aborted' = 'running';

  return {
    get size() {
      return open.size;
    },
    begin(signal) {
      const pair = { soft: new AbortController(), hard: new AbortController() };
      const cut = (): void => {
        pair.soft.abort();
        pair.hard.abort();
      };
      if (stage !== 'running') pair.soft.abort();
      if (stage === 'aborted' || signal?.aborted === true) cut();
      const leave = onAbort(signal, cut);
      open.add(pair);
      return {
        soft: pair.soft.signal,
        hard: pair.hard.signal,
        end() {
          leave();
          open.delete(pair);
          if (open.size > 0) return;
          for (const resolve of waiting) resolve();
          waiting.clear();
        },
      };
    },
    drain() {
      if (stage === 'running') stage = 'draining';
      for (const { soft } of open) soft.abort();
    },
    abort() {
      stage = 'aborted';
      for (const { soft, hard } of open) {
        soft.abort();
        hard.abort();
      }
    },
    idle: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
  };
}
