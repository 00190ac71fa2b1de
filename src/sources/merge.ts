import type { Block, Source } from './block.js';

/**
 * Combines several sources into one: one after the other or, if they are endless, side by side as blocks arrive. Each source's
 * own order is preserved.
 */
export async function* mergeSources(
  sources: readonly Source[],
  how: 'in-order' | 'side-by-side',
  signal: AbortSignal,
): AsyncGenerator<Block> {
  if (how === 'side-by-side') {
    yield* sideBySide(sources, signal);
    return;
  }
  for (const source of sources) {
    if (signal.aborted) return;
    yield* source.blocks(signal);
  }
}

interface Arrival {
  readonly iterator: AsyncIterator<Block>;
  readonly result: IteratorResult<Block>;
}

/** Asks every source for its next block and returns them as they arrive: at most one block waits for each source. */
async function* sideBySide(sources: readonly Source[], signal: AbortSignal): AsyncGenerator<Block> {
  // Ends all sources when the consumer stops: a waiting source would not notice otherwise.
  const enough = new AbortController();
  const ended = AbortSignal.any([signal, enough.signal]);
  const open = new Set(sources.map((source) => source.blocks(ended)[Symbol.asyncIterator]()));
  const arrivals: Arrival[] = [];
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;

  // Not Promise.race: it would add a reaction to an idle source's promise for every block of the others.
  const ask = (iterator: AsyncIterator<Block>): void => {
    iterator.next().then(
      (result) => {
        arrivals.push({ iterator, result });
        wake();
      },
      (error: unknown) => {
        failure = { error };
        wake();
      },
    );
  };

  open.forEach(ask);
  try {
    while (open.size > 0) {
      const arrival = arrivals.shift();
      if (arrival === undefined) {
        if (failure !== undefined) throw failure.error;
        await new Promise<void>((resolve) => (wake = resolve));
      } else if (arrival.result.done === true) {
        open.delete(arrival.iterator);
      } else {
        ask(arrival.iterator);
        yield arrival.result.value;
      }
    }
  } finally {
    enough.abort();
    await Promise.allSettled([...open].map(async (iterator) => iterator.return?.()));
  }
}
