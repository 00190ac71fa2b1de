import type { AiCall, AiEvent, AiOutcome } from './ai-calls.js';
import { semaphore } from './semaphore.js';

/** How many inputs may wait for their vectors at a time: several requests of many inputs each. */
export const GATHERED_MAX = 512;

/** Makes a call once there is a place for it. @param gathers whether it shares a request with others */
export type TakePlace = <T>(gathers: boolean, work: () => Promise<T>) => Promise<T>;

/** The places for a pipeline's calls: `concurrency` for calls that are a request each, and many for calls that share one. */
export function callPlaces(concurrency: number): TakePlace {
  const alone = semaphore(concurrency);
  const gathered = semaphore(Math.max(concurrency, GATHERED_MAX));
  return (gathers, work) => (gathers ? gathered(work) : alone(work));
}

/** How often a call is waited for again that has been put into a batch while it waited for a place. */
const WAITS_MAX = 3;

/** Makes a call once it may be made and there is a place for it. While it may not, it takes none. */
export async function sentInPlace(
  place: TakePlace,
  gathers: boolean,
  call: AiCall,
  event: AiEvent,
): Promise<AiOutcome> {
  for (let waits = 1; ; waits += 1) {
    const outcome = (await call.ready?.(event)) ?? (await place(gathers, () => call.send(event)));
    const isBatched = outcome.kind === 'paused' && outcome.reason === 'batched' && call.ready !== undefined;
    if (!isBatched || waits >= WAITS_MAX) return outcome;
  }
}
