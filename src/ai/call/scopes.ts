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
  /** Of all calls that nobody can abort alone: to make signals takes long. */
  const common = newPair();
  const own = new Set<Pair>();
  let size = 0;
  const waiting = new Set<() => void>();
  let stage: 'running' | 'draining' | 'aborted' = 'running';

  return {
    get size() {
      return size;
    },
    begin(signal) {
      size += 1;
      if (signal === undefined) return scopeOf(common, ended);
      const pair = newPair();
      const cut = (): void => {
        pair.soft.abort();
        pair.hard.abort();
      };
      if (stage !== 'running') pair.soft.abort();
      if (stage === 'aborted' || signal.aborted) cut();
      const leave = onAbort(signal, cut);
      own.add(pair);
      return scopeOf(pair, () => {
        leave();
        own.delete(pair);
        ended();
      });
    },
    drain() {
      if (stage === 'running') stage = 'draining';
      for (const { soft } of [common, ...own]) soft.abort();
    },
    abort() {
      stage = 'aborted';
      for (const { soft, hard } of [common, ...own]) {
        soft.abort();
        hard.abort();
      }
    },
    idle: () => (size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
  };

  function ended(): void {
    size -= 1;
    if (size > 0) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }
}

interface Pair {
  readonly soft: AbortController;
  readonly hard: AbortController;
}

function newPair(): Pair {
  return { soft: new AbortController(), hard: new AbortController() };
}

function scopeOf({ soft, hard }: Pair, end: () => void): CallScope {
  return { soft: soft.signal, hard: hard.signal, end };
}
