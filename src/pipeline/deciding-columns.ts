import type { OutputTake } from '../config/index.js';
import { headerOf, outputFormat } from '../sinks/formats/index.js';
import type { BlockMeta, BlockResult } from './batch.js';
import { mergeResults } from './merge-results.js';
import type { OpenExecutor } from './drive.js';
import type { OutputColumns } from './output-formats.js';

/** Whether the first event decides the columns of some output. */
export function leavesColumnsOpen(outputs: readonly OutputTake[]): boolean {
  return outputs.some((output) => output.columns === undefined && outputFormat(output)?.kind === 'table');
}

/**
 * Lets the first event of each table decide its columns, and writes the header before it. Takes one block at a time until all are
 * decided, so that the first event is the first of the input, however many threads there are.
 */
export function decidingColumns(executor: OpenExecutor, outputs: readonly OutputTake[]): OpenExecutor {
  const tables = outputs.map((output) => {
    const format = outputFormat(output);
    return format?.kind === 'table' ? format : undefined;
  });
  let decided: OutputColumns = outputs.map(({ columns }) => columns);
  const isOpen = (): boolean => tables.some((table, index) => table !== undefined && decided[index] === undefined);

  /** Adds headers to the result of a block after which some columns may be decided. */
  const withHeaders = (result: BlockResult): BlockResult => {
    const before = decided;
    decided = result.columns ?? before;
    const lines = result.outputs.map((bytes, index) => {
      const [table, columns] = [tables[index], decided[index]];
      const isNew = table !== undefined && columns !== undefined && before[index] === undefined;
      return isNew ? Buffer.concat([headerOf(table, columns), bytes]) : bytes;
    });
    return { ...result, outputs: lines };
  };

  /** Like `withHeaders`, for all pieces of the result. */
  const allWithHeaders = (result: BlockResult): BlockResult => {
    const { rest } = result;
    return { ...withHeaders(result), ...(rest && { rest: async () => allWithHeaders(await rest()) }) };
  };

  return {
    get width() {
      return isOpen() ? 0 : executor.width;
    },
    async submit(block, meta) {
      const wasOpen = isOpen();
      const result = await executor.submit(block, { ...meta, columns: decided });
      return wasOpen ? allWithHeaders(result) : result;
    },
    ...(executor.end && {
      async end(meta: BlockMeta) {
        const wasOpen = isOpen();
        const result = await (executor.end?.({ ...meta, columns: decided }) ?? mergeResults([]));
        return wasOpen ? allWithHeaders(result) : result;
      },
    }),
    ...(executor.state && { state: executor.state }),
    recycle: (lines) => executor.recycle?.(lines),
    close: () => executor.close(),
  };
}
