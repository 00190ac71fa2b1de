/** Floor 6: what happens to events between a source and its sinks. */
export { blockProcessor, type BlockOptions } from './block-processor.js';
export type { AiCall, AiCalls, AiEvent, AiOutcome, AiStagePlan, BatchPlan } from './ai/ai-calls.js';
export { movesOn, stagesBehind, stagesOfSteps, stepLabel } from './ai/cascade.js';
export { GATHERED_MAX } from './ai/places.js';
export type { StateChanges } from './across/state-table.js';
export { parseKnownState, type KnownState, type StateKeeping } from './log/state-keeping.js';
export { metaOfBlock } from './batch.js';
export { compileProcessor } from './across/compile-processor.js';
export { keptIn, knewAnything, movedState } from './across/open-events.js';
export type { StageCounts } from './across/stage-counts.js';
export { addCounts, noCounts, type Counts } from './counts.js';
export { eventExecutor, type EventOptions } from './ai/event-executor.js';
export { occurrences, type Occurrences } from './ai/occurrences.js';
export { chooseExecutor } from './threads/choose-executor.js';
export { inlineExecutor } from './threads/inline-executor.js';
export { EventFailure, type FailureKind } from './failure.js';
export { bytesOfEvents, limitEvents, type EventsLeft } from './lines/limit.js';
export { notUtf8, tooLong } from './lines/line-failure.js';
export {
  endedBetweenBlocks,
  runBlocks,
  type BlockExecutor,
  type BlockRunResult,
  type ExecutorState,
  type Delivered,
  type Progress,
} from './run-blocks.js';
export { RunPaused, type PauseReason, type PauseRemedy } from './run-paused.js';
export { singleLines } from './lines/single-lines.js';
export { FINISHED, Tap, type TapCatch, type TapPoint, type TapWish } from './tap.js';
export {
  compileScript,
  forgetsAt,
  goesByArrival,
  isAiStage,
  keepsState,
  scriptMeaning,
  takesLetters,
  waitsForTime,
  stageKinds,
  type ScriptStagePlan,
  type TraceOf,
} from './stages/index.js';
export { ROWS_MIN_DEFAULT } from './stages/in-lane.js';
export { boundedHash, hashOf, stageHash } from './stages/stage-hash.js';
export type { PipelineSpec } from './spec.js';
export { drive, type Drive, type Keep, type OpenExecutor } from './drive.js';
export { decidingColumns, leavesColumnsOpen } from './deciding-columns.js';
export { byPipeline } from './by-pipeline.js';
export { mergeResults } from './merge-results.js';
export { countBy, dedupeBy, explodeList, sampleShare } from './stages/given.js';
export { eventFilter, type FilterAnswer, type FilterStages } from './lines/event-filter.js';
export { type OpenSinks } from './processor/outputs.js';
export { refusedRecord, type RefusedOrigin } from './lines/refused-line.js';
export type { Observation } from './observation.js';
export { outputChooser } from './pipeline.js';
export { passOn } from './pass-on.js';
export type { EndOfWorker } from './threads/worker-handle.js';
export { watchedExecutor, type CallOptions, type WatchedOptions } from './threads/watched-executor.js';
