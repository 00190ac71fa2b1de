import type { BlockResult } from './batch.js';
import { turnstile } from './turnstile.js';

type Work = () => BlockResult | Promise<BlockResult>;

/** Runs one piece of work after another: the next begins once all pieces of the previous result are taken, or the work has failed. */
export function inTurn(): (work: Work) => Promise<BlockResult> {
  const gate = turnstile();
  return (work) => {
    const { turn, leave } = gate.ticket();
    const step = async (next: Work): Promise<BlockResult> => {
      try {
        const result = await next();
        const { rest } = result;
        if (rest !== undefined) return { ...result, rest: () => step(rest) };
        leave();
        return result;
      } catch (error) {
        leave();
        throw error;
      }
    };
    return turn.then(() => step(work));
  };
}

/** Takes the remaining pieces of a result that is no longer needed, because others wait behind it. @param work returns the next piece */
export async function takeRest(
  work: (() => BlockResult | undefined | Promise<BlockResult | undefined>) | undefined,
): Promise<void> {
  try {
    for (let next = work; next !== undefined;) next = (await next())?.rest;
  } catch {
    // After a failure there are no more pieces.
  }
}
