import { acrossProcessor } from '../across/across-processor.js';
import type { BlockOptions } from '../block-processor.js';
import type { OpenExecutor } from '../drive.js';
import type { TraceOf } from '../stages/index.js';
import { processHere } from './inline-executor.js';

/**
 * Works on this thread, one block after the other, for stages that keep state.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function acrossExecutor(options: BlockOptions, traceOf?: TraceOf): OpenExecutor {
  const process = acrossProcessor(options, traceOf);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    width: 2,
    submit: (block, meta) => inTurn(() => processHere(process, block, meta)),
    recycle: (lines) => process.memory.give(lines),
    end: (meta) => inTurn(() => Promise.resolve(process.end(meta))),
    state: process,
    close: () => Promise.resolve(),
  };
}
