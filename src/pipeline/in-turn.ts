import type { BlockResult } from './batch.js';

type Work = () => BlockResult | Promise<BlockResult>;

/** Runs one work after the other: the next one begins when all pieces of the result before it are taken, or it has failed. */
export function inTurn(): (work: Work) => Promise<BlockResult> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const before = last;
    let end = (): void => undefined;
    last = new Promise((resolve) => (end = resolve));
    const step = async (next: Work): Promise<BlockResult> => {
      try {
        const result = await next();
        const { rest } = result;
        if (rest !== undefined) return { ...result, rest: () => step(rest) };
        end();
        return result;
      } catch (error) {
        end();
        throw error;
      }
    };
    return before.then(() => step(work));
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
