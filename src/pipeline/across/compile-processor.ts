import { blockProcessor, type BlockOptions, type BlockProcessor } from '../block-processor.js';
import { isAcrossStage, type TraceOf } from '../stages/index.js';
import { acrossProcessor, type AcrossProcessor, type Noting } from './across-processor.js';

/**
 * Compiles a pipeline without AI stages into a block processor.
 *
 * @param traceOf gives the listener for the calls in a stage's script; costs nothing if omitted
 * @param noting follows the progress
 * @throws ComputoError when a script can't be compiled
 */
export function compileProcessor(options: BlockOptions, traceOf?: TraceOf, noting?: Noting): BlockProcessor {
  return options.pipeline.stages.some(isAcrossStage)
    ? acrossProcessor(options, traceOf, noting)
    : blockProcessor(options, traceOf, noting?.line);
}

/** Whether a processor's stages look across events. */
export function looksAcross(processor: BlockProcessor): processor is AcrossProcessor {
  return 'state' in processor;
}
