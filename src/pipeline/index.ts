/** Floor 5: what happens to events between a source and its sinks. */
export { blockProcessor, type BlockOptions } from './block-processor.js';
export type { Counts } from './counts.js';
export { inlineExecutor } from './inline-executor.js';
export { limitEvents } from './limit.js';
export { runBlocks, type BlockRunResult, type Progress } from './run-blocks.js';
export type { OnError, OutputSpec, PipelineSpec, ScriptSpec, StageSpec } from './spec.js';
