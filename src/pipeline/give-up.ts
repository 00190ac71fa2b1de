import { Batch, type BatchOptions, type BlockMeta, type BlockResult } from './batch.js';
import type { BlockOptions } from './block-processor.js';
import { failLine, type BlockContent } from './lines/event-lines.js';
import type { EventFailure } from './failure.js';
import { outputFormats } from './output-formats.js';
import { compileRouting } from './pipeline.js';

/** Fails the only line of a block, without running any stage. */
type GiveUp = (block: BlockContent, meta: BlockMeta, failure: EventFailure) => BlockResult;

/**
 * Handles events that no stage can finish, as `on_error` says.
 *
 * @throws ComputoError when the script of the routing key can't be compiled
 */
export function givingUp(options: BlockOptions): GiveUp {
  const { name, onError, outputs } = options.pipeline;
  const { strict, rawMax } = options;
  const settings: BatchOptions = {
    name,
    pipeline: compileRouting(options.pipeline),
    outputs,
    formats: outputFormats(outputs),
    onError,
    strict,
    rawMax,
  };
  return (block, meta, failure) => {
    const batch = new Batch(settings, meta);
    failLine(block, batch, options, failure);
    return batch.result();
  };
}
