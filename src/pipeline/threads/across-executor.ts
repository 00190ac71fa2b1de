import { acrossProcessor } from '../across/across-processor.js';
import type { BlockOptions } from '../block-processor.js';
import type { OpenExecutor } from '../drive.js';
import type { TraceOf } from '../stages/index.js';
import { inTurn } from '../in-turn.js';
import { inlineExecutor, processHere } from './inline-executor.js';

/**
 * Processes blocks one after another on this thread, for stages that keep state.
 *
 * @throws ComputoError when a script can't be compiled
 */
export function acrossExecutor(options: BlockOptions, traceOf?: TraceOf): OpenExecutor {
  const process = acrossProcessor(options, traceOf);
  const work = inTurn();
  return {
    ...inlineExecutor(process),
    submit: (block, meta) => work(() => processHere(process, block, meta)),
    end: (meta) => work(() => process.end(meta)),
    state: process.state,
    close: () => Promise.resolve(),
  };
}
