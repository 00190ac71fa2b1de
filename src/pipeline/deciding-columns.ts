import type { OutputTake } from '../config/index.js';
import { headerOf, outputFormat } from '../sinks/formats/index.js';
import type { BlockMeta, BlockResult } from './batch.js';
import type { OpenExecutor } from './drive.js';
import type { OutputColumns } from './output-formats.js';
import type { Block } from '../sources/index.js';

/** Whether the first event of some output decides its columns. */
export function leavesColumnsOpen(outputs: readonly OutputTake[]): boolean {
  return outputs.some((output) => output.columns === undefined && outputFormat(output)?.kind === 'table');
}

/**
 * Lets the first event of each table decide its columns, and begins the table with its header. Until all are decided, blocks are
 * worked on one after the other: the first event is the first of the input, however many threads there are.
 */
export function decidingColumns(executor: OpenExecutor, outputs: readonly OutputTake[]): OpenExecutor {
  const tables = outputs.map((output) => {
    const format = outputFormat(output);
    return format?.kind === 'table' ? format : undefined;
  });
  let decided: OutputColumns = outputs.map(({ columns }) => columns);
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const isOpen = (): boolean => tables.some((table, index) => table !== undefined && decided[index] === undefined);

  const taken = (result: BlockResult): BlockResult => {
    const before = decided;
    decided = result.columns ?? before;
    const lines = result.outputs.map((bytes, index) => {
      const [table, columns] = [tables[index], decided[index]];
      const isNew = table !== undefined && columns !== undefined && before[index] === undefined;
      return isNew ? Buffer.concat([headerOf(table, columns), bytes]) : bytes;
    });
    return { ...result, outputs: lines };
  };
  const inTurn = async (before: Promise<unknown>, block: Block, meta: BlockMeta): Promise<BlockResult> => {
    await before;
    try {
      return taken(await executor.submit(block, { ...meta, columns: decided }));
    } finally {
      waiting -= 1;
    }
  };

  return {
    get width() {
      return executor.width;
    },
    submit(block, meta) {
      if (waiting === 0 && !isOpen()) return executor.submit(block, { ...meta, columns: decided });
      waiting += 1;
      const result = inTurn(last, block, meta);
      last = result.catch(() => undefined);
      return result;
    },
    recycle: (lines) => executor.recycle?.(lines),
    close: () => executor.close(),
  };
}
