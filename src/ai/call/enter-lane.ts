import { onAbort } from '../../world/index.js';
import type { BreakerPass } from '../breaker/index.js';
import { acquireAll, type Permit } from '../limit/index.js';
import type { ProviderRequest } from '../provider/index.js';
import { roughTokens } from '../request/index.js';
import type { AiWorld } from '../ai-world.js';
import type { ProviderLane } from './provider-lane.js';

/** What a request needs to enter a lane. */
export interface EnterOptions {
  readonly world: AiWorld;
  /** Aborts waiting before a request is sent. */
  readonly soft: AbortSignal;
  /** Called with how long it waited in the lane, in milliseconds. */
  readonly onLimiterWait: (lane: string, ms: number) => void;
}

/** A lane that a request may be sent to now, with its place among those in flight, its share of the limits, and the breaker's pass. */
export interface LaneEntry {
  readonly lane: ProviderLane;
  /** Exactly one of its functions must be called. */
  readonly pass: BreakerPass;
  readonly permit: Permit;
  /** Frees the place, at the very end. */
  readonly leave: () => void;
}

export type Entering =
  | { readonly kind: 'entered'; readonly entry: LaneEntry }
  /** It needs more tokens than a whole minute's limit. */
  | { readonly kind: 'too-large'; readonly tokens: number; readonly tokensPerMinute: number }
  /** The provider must not be called now. */
  | { readonly kind: 'refused' }
  /** The call was aborted. */
  | { readonly kind: 'aborted' };

/**
 * Waits at a provider's lanes until one of them admits a request: the first that is free. Each lane is tried only if those before
 * it have to wait, starting with those that have the fewest requests.
 *
 * @throws Error when the state of the limits can't be read or written
 */
export async function enterFreeLane(
  lanes: readonly ProviderLane[],
  request: ProviderRequest,
  { soft, world, onLimiterWait }: EnterOptions,
): Promise<Entering> {
  const cameAt = world.now();
  const tryLane: Enter = (lane, signal, mustWait) => enter(lane, request, world, signal, mustWait);
  const [only] = lanes;
  const entering =
    only !== undefined && lanes.length === 1
      ? await tryLane(only, soft, () => undefined)
      : await firstFree(
          lanes.toSorted((a, b) => a.gate.inside - b.gate.inside),
          soft,
          tryLane,
        );
  if (entering.kind === 'entered') onLimiterWait(entering.entry.lane.label, Math.max(0, world.now() - cameAt));
  return entering;
}

type Enter = (lane: ProviderLane, signal: AbortSignal, mustWait: () => void) => Promise<Entering>;

function firstFree(lanes: readonly ProviderLane[], soft: AbortSignal, enter: Enter): Promise<Entering> {
  const stop = new AbortController();
  const cut = (): void => stop.abort();
  if (soft.aborted) cut();
  const leave = onAbort(soft, cut);
  const queue = lanes.values();
  let trying = 0;
  let isOver = false;
  return new Promise<Entering>((resolve, reject) => {
    const ended = (entering: Entering): void => {
      trying -= 1;
      if (isOver && entering.kind === 'entered') giveUp(entering.entry);
      // The other lanes have the same limits.
      const decides = entering.kind === 'entered' || entering.kind === 'too-large';
      if (!decides) tryNext();
      if (isOver || (!decides && trying > 0)) return;
      isOver = true;
      resolve(entering);
      cut();
    };
    const failed = (error: unknown): void => {
      isOver = true;
      reject(error instanceof Error ? error : new Error(String(error)));
      cut();
    };
    const tryNext = (): void => {
      const { value: lane } = isOver || stop.signal.aborted ? { value: undefined } : queue.next();
      if (lane === undefined) return;
      trying += 1;
      let isWaiting = false;
      const mustWait = (): void => {
        if (isWaiting) return;
        isWaiting = true;
        tryNext();
      };
      enter(lane, stop.signal, mustWait).then(ended, failed);
    };
    tryNext();
  }).finally(leave);
}

function giveUp({ pass, permit, leave }: LaneEntry): void {
  pass.neutral();
  permit.cancel();
  leave();
}

async function enter(
  lane: ProviderLane,
  request: ProviderRequest,
  world: AiWorld,
  signal: AbortSignal,
  mustWait: () => void,
): Promise<Entering> {
  // For a part, the gate and the request count apply to the request that it becomes a part of.
  const isPart = request.embedding !== undefined;
  const leave = isPart ? () => undefined : await lane.gate.enter(signal, mustWait);
  if (leave === undefined) return { kind: 'aborted' };
  let permit: Permit | undefined;
  let hasEntered = false;
  try {
    const tokens = countedTokens(request);
    const admission = await acquireAll(lane.limiters(request.model), tokens, signal, isPart ? 0 : 1, mustWait);
    if (admission.kind === 'too-large') return { ...admission, tokens };
    if (admission.kind === 'aborted') return admission;
    ({ permit } = admission);
    const decision = lane.breaker.enter(world.now());
    if (decision.kind === 'refused') return { kind: 'refused' };
    hasEntered = true;
    return { kind: 'entered', entry: { lane, pass: decision.pass, permit, leave } };
  } finally {
    if (!hasEntered) {
      permit?.cancel();
      leave();
    }
  }
}

/** Tokens as providers count them for rate limits: a rough estimate of the input, and the whole output cap. */
export function countedTokens(request: ProviderRequest): number {
  return roughTokens(request) + request.maxOutputTokens;
}
