import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenExecutor } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';

/** An input line on its way through the stages. */
export interface Row {
  readonly block: Block;
  /** By stage, which of several equal requests the row's own request was. */
  readonly occurrences: Map<string, number>;
}

/** Tells the maker of an event's calls which line the event came from. */
export interface RowTracker {
  /** Blocks must be of one line each. */
  track(executor: OpenExecutor): OpenExecutor;
  /** The row of the event whose call is being made. */
  current(): Row | undefined;
}

export function rowTracker(): RowTracker {
  const rows = new AsyncLocalStorage<Row>();
  return {
    track: (executor) => ({
      ...executor,
      get width() {
        return executor.width;
      },
      submit: (block, meta) => rows.run({ block, occurrences: new Map() }, () => executor.submit(block, meta)),
    }),
    current: () => rows.getStore(),
  };
}
