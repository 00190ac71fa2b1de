import type { BatchOptions } from '../batch.js';
import { blockProcessor, type BlockOptions, type BlockProcessor } from '../block-processor.js';
import { isAcrossStage, type TraceOf } from '../stages/index.js';
import { acrossProcessor, type AcrossProcessor } from './across-processor.js';

/**
 * Compiles a pipeline without AI stages into a block processor.
 *
 * @param traceOf who is told of the calls in a stage's script; costs nothing when absent
 * @param onLine told of each line of a block before it is worked on, from 0, and of the number behind the last one
 * @throws ComputoError when a script can't be compiled
 */
export function compileProcessor(
  options: BlockOptions,
  traceOf?: TraceOf,
  onLine?: BatchOptions['onLine'],
): BlockProcessor {
  const compile = options.pipeline.stages.some(isAcrossStage) ? acrossProcessor : blockProcessor;
  return compile(options, traceOf, onLine);
}

/** Whether a processor's stages look across events. */
export function looksAcross(processor: BlockProcessor): processor is AcrossProcessor {
  return 'state' in processor;
}
