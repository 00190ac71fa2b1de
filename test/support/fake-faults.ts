import type { FakeCall, FakeFinish } from './fake-wire.js';

/** What the fake does instead of answering as it should. */
export type Fault =
  /** Answers with this status, bills nothing. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly type?: string;
      readonly message?: string;
      readonly headers?: Record<string, string>;
    }
  /** Bills, then sends half of the answer and cuts the connection. */
  | { readonly kind: 'cut' }
  /** Bills and answers 200 with something that is not JSON. */
  | { readonly kind: 'broken-json' }
  /** Bills and answers with this body; the status is 200 if none is named. */
  | { readonly kind: 'body'; readonly body: string; readonly status?: number }
  /** Never answers; bills if told to. */
  | { readonly kind: 'hang'; readonly billed: boolean }
  /** Cuts the connection without a word; bills if told to. */
  | { readonly kind: 'reset'; readonly billed: boolean }
  /** Answers a few bytes at a time. */
  | { readonly kind: 'slow' }
  /** Bills and sends a stream without its last event, or the last two: `cut` breaks the connection behind them. */
  | { readonly kind: 'unended'; readonly events: 1 | 2; readonly cut: boolean }
  /** Bills, sends half of a stream, and then nothing more. */
  | { readonly kind: 'idle' }
  /** Bills, sends half of a stream, and then an error. */
  | { readonly kind: 'error-event'; readonly type: string }
  /** Answers whole, though a stream was asked for. */
  | { readonly kind: 'whole' }
  /** Answers without usage, or with one that cannot be; bills the truth. */
  | { readonly kind: 'usage-missing' }
  | { readonly kind: 'usage-wrong' }
  /** Answers without request id and rate-limit headers. */
  | { readonly kind: 'headers-missing' }
  | { readonly kind: 'finish'; readonly finish: FakeFinish };

/** Decides the fault of the nth request, counted from 0; undefined: it is answered as it should be. */
export type FaultPlan = (n: number, call: FakeCall, key: string) => Fault | undefined;

const STATUSES = [400, 404, 408, 409, 413, 429, 500, 502, 503, 504, 529];

/** Faults at random, but the same ones for the same seed. `share` of all requests, 0 to 1, go wrong. */
export function seededFaults(seed: number, share: number): FaultPlan {
  return (n) => {
    const random = mulberry32(seed * 7919 + n);
    if (random() >= share) return undefined;
    const billed = random() < 0.5;
    const status = STATUSES[Math.floor(random() * STATUSES.length)] ?? 500;
    const faults: readonly Fault[] = [
      { kind: 'status', status, ...(status === 429 && { headers: { 'retry-after-ms': '20' } }) },
      { kind: 'status', status },
      { kind: 'cut' },
      { kind: 'broken-json' },
      { kind: 'hang', billed },
      { kind: 'reset', billed },
      { kind: 'slow' },
      { kind: 'unended', events: random() < 0.5 ? 1 : 2, cut: random() < 0.5 },
      { kind: 'idle' },
      { kind: 'error-event', type: random() < 0.5 ? 'server_error' : 'rate_limit_exceeded' },
      { kind: 'whole' },
      { kind: 'usage-missing' },
      { kind: 'usage-wrong' },
      { kind: 'headers-missing' },
      { kind: 'finish', finish: 'truncated' },
      { kind: 'finish', finish: 'filtered' },
      { kind: 'finish', finish: 'refused' },
    ];
    return faults[Math.floor(random() * faults.length)];
  };
}

/** A small seeded generator of numbers in [0, 1): mulberry32 by Tommy Ettinger, public domain. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
