import type { BlockResult } from './batch.js';
import { turnstile } from './turnstile.js';

type Work = () => BlockResult | Promise<BlockResult>;

/** Runs one work after the other: the next one begins when all pieces of the result before it are taken, or it has failed. */
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

/** Takes what nobody needs any more of a result: others wait for their turn behind it. @param work gives its next piece */
export async function takeRest(
  work: (() => BlockResult | undefined | Promise<BlockResult | undefined>) | undefined,
): Promise<void> {
  try {
    for (let next = work; next !== undefined;) next = (await next())?.rest;
  } catch {
    // Then nothing is left of it either.
  }
}
