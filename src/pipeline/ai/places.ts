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
