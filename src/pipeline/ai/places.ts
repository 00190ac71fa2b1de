import { semaphore } from './semaphore.js';

/** Inputs that wait for their vectors at a time: several requests of many each. */
export const GATHERED_MAX = 512;

/** Makes one call when there is a place for it. @param gathers it shares a request with others */
export type TakePlace = <T>(gathers: boolean, work: () => Promise<T>) => Promise<T>;

/** Places for the calls of a pipeline: `concurrency` of those that are a request each, and many of those that share one. */
export function callPlaces(concurrency: number): TakePlace {
  const alone = semaphore(concurrency);
  const gathered = semaphore(Math.max(concurrency, GATHERED_MAX));
  return (gathers, work) => (gathers ? gathered(work) : alone(work));
}
