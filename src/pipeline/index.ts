/** Floor 5: what happens to events between a source and its sinks. */
export { blockProcessor, type BlockOptions } from './block-processor.js';
export type { AiCall, AiCalls, AiEvent, AiOutcome } from './ai-calls.js';
export type { Counts } from './counts.js';
export { eventExecutor } from './event-executor.js';
export { chooseExecutor } from './choose-executor.js';
export { inlineExecutor } from './inline-executor.js';
export { CheckpointKeeper, parseCheckpoint, type PipelineCheckpoint } from './checkpoint-keeper.js';
export { EventFailure, type FailureKind } from './failure.js';
export { limitEvents } from './limit.js';
export { notUtf8, tooLong } from './line-failure.js';
export { runBlocks, type BlockExecutor, type BlockRunResult, type Delivered, type Progress } from './run-blocks.js';
export { parseInputPlace, resumable, type InputPlace } from './resumable.js';
export type { PauseReason } from './run-paused.js';
export { singleLines } from './single-lines.js';
export { FINISHED, Tap, type TapCatch, type TapPoint, type TapWish } from './tap.js';
export type { TraceOf } from './stages/index.js';
export type { AiStageSpec, OnError, OutputSpec, PipelineSpec, ScriptSpec, StageSpec } from './spec.js';
export {
  type CheckpointKeeping,
  type LogProcessing,
  type ProcessingProgress,
  type ProcessingTalk,
  type ProcessingWorld,
} from './process-log.js';
export { parseProcessingCheckpoint, type ProcessingCheckpoint } from './process-log-checkpoint.js';
export { readStoredEvent, type StoredEvent, type StoredOrigin } from './stored-event.js';
export type { FileOpener, OpenSink, OpenSinks } from './process-log-outputs.js';
export { byPipeline } from './by-pipeline.js';
export { eventFilter, type FilterAnswer } from './event-filter.js';
export { eitherDriven, parseDrivenLetters, type DrivenLetters } from './driven-letters.js';
export { lettersAgain, parseLetterPlace, type LetterFile } from './letters-again.js';
export { closeSinks, openSinks } from './process-log-outputs.js';
export { refusedRecord, type RefusedOrigin } from './refused-line.js';
export { sentTo } from './sent-to.js';
export type { Observation } from './observation.js';
export type { ProcessorState, ProcessorTalk } from './keep-going.js';
export { LogProcessor } from './log-processor.js';
export { WorkProcessor, type WorkProcessing } from './work-processor.js';
export { passOn } from './pass-on.js';
export { workerExecutor } from './worker-executor.js';
