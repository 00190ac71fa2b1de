/**
 * A breaker's state. Plain data: it can be shown, stored and read back.
 *
 * `down` means that the provider itself said so (out of credit, a wrong key, a limit for days), not that it failed repeatedly.
 */
export type BreakerState =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly openedAt: number; readonly until: number; readonly failures: number }
  | { readonly kind: 'half-open'; readonly probedAt: number; readonly failures: number }
  | { readonly kind: 'down'; readonly since: number; readonly until: number; readonly reason: string };

export interface BreakerOptions {
  /** Consecutive failures that open it. */
  readonly threshold: number;
  /** Milliseconds that it stays open before one call probes. */
  readonly openForMs: number;
  /** How soon one call probes a provider that is down. Default: not before the time that it named. */
  readonly probeDown?: ProbeDown | undefined;
}

/** When a provider that says it is down is probed, in milliseconds. */
export interface ProbeDown {
  /** When it named no time: a wrong key, no credit, a wrong address. */
  readonly unnamedMs: number;
  /** When it named a later time. */
  readonly namedMs: number;
}

/** Permission to make one call. Exactly one of its functions must be called, once. */
export interface BreakerPass {
  /** The provider works: it answered, or rejected the request for a reason in the request. */
  success(): void;
  /** The provider failed. */
  failure(): void;
  /** The call says nothing about the provider: it was never made, or was aborted by this process. */
  neutral(): void;
}

export type BreakerDecision =
  | { readonly kind: 'pass'; readonly pass: BreakerPass }
  /** When retrying makes sense, milliseconds since the epoch; Infinity: not in this process. */
  | { readonly kind: 'refused'; readonly until: number };

/** A circuit breaker: closed → open after consecutive failures → half-open, one probe → closed or open again. */
export interface Breaker {
  /** Asks for permission. In the half-open state only the first caller gets it: the probe. */
  enter(now: number): BreakerDecision;
  /** What {@link enter} would answer, without taking the probe: 0 means yes, else the time to retry. */
  availableAt(now: number): number;
  /** The provider itself says that it will not serve before `until`. Infinity: it names no time. */
  takeDown(now: number, until: number, reason: string): void;
  /** Adopts a state reported by another process. */
  adopt(state: BreakerState): void;
  readonly state: BreakerState;
}

/** The probe decides, and nobody knows when it ends: others ask again after this long. */
const PROBE_WAIT_MS = 100;

const CLOSED: BreakerState = { kind: 'closed', failures: 0 };

/** @param restored the state of an earlier breaker; a half-open one counts as open, because its probe no longer exists */
export function createBreaker(options: BreakerOptions, clock: () => number, restored: BreakerState = CLOSED): Breaker {
  let state: BreakerState =
    restored.kind === 'half-open'
      ? { kind: 'open', openedAt: restored.probedAt, until: restored.probedAt, failures: restored.failures }
      : restored;

  const availableAt = (now: number): number => {
    switch (state.kind) {
      case 'closed':
        return 0;
      case 'open':
      case 'down':
        return now >= state.until ? 0 : state.until;
      case 'half-open':
        return now + PROBE_WAIT_MS;
    }
  };

  const probedAt = (since: number, until: number): number => {
    const { unnamedMs = Infinity, namedMs = Infinity } = options.probeDown ?? {};
    return Math.min(until, since + (until === Infinity ? unnamedMs : namedMs));
  };

  const open = (now: number, failures: number): void => {
    state = { kind: 'open', openedAt: now, until: now + options.openForMs, failures };
  };

  const passFor = (probe: boolean): BreakerPass => {
    let used = false;
    const once = (act: () => void) => () => {
      if (used) return;
      used = true;
      act();
    };
    const before = state;
    return {
      success: once(() => {
        if (state.kind === 'closed' || probe) state = CLOSED;
        // A late answer to a call made before it opened proves nothing about the present.
      }),
      failure: once(() => {
        if (probe && state.kind === 'half-open') open(clock(), state.failures + 1);
        else if (state.kind === 'closed') {
          const failures = state.failures + 1;
          if (failures >= options.threshold) open(clock(), failures);
          else state = { kind: 'closed', failures };
        }
      }),
      neutral: once(() => {
        if (probe && state.kind === 'half-open') state = before;
      }),
    };
  };

  return {
    get state() {
      return state;
    },
    availableAt,
    enter(now) {
      const until = availableAt(now);
      if (until > 0) return { kind: 'refused', until };
      if (state.kind === 'closed') return { kind: 'pass', pass: passFor(false) };
      const pass = passFor(true);
      state = { kind: 'half-open', probedAt: now, failures: 'failures' in state ? state.failures : 0 };
      return { kind: 'pass', pass };
    },
    takeDown(now, until, reason) {
      state = { kind: 'down', since: now, until: probedAt(now, until), reason };
    },
    adopt(found) {
      state = found.kind === 'down' ? { ...found, until: probedAt(found.since, found.until) } : found;
    },
  };
}
