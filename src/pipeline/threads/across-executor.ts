import { acrossProcessor } from '../across/across-processor.js';
import type { BlockOptions } from '../block-processor.js';
import type { OpenExecutor } from '../drive.js';
import type { TraceOf } from '../stages/index.js';
import { inlineExecutor } from './inline-executor.js';

/**
 * Works on this thread, one block after the other, for stages that keep state.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function acrossExecutor(options: BlockOptions, traceOf?: TraceOf): OpenExecutor {
  const process = acrossProcessor(options, traceOf);
  return {
    ...inlineExecutor(process),
    end: (meta) => Promise.resolve(process.end(meta)),
    state: process.state,
    close: () => Promise.resolve(),
  };
}
