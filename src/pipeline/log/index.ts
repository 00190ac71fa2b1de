/** The stored log as what is processed: read from a checkpoint, which is kept. */
export { CheckpointKeeper, type PipelineCheckpoint } from './checkpoint-keeper.js';
export { hasEventsOf } from './has-events.js';
export { knownFiles, LogReader, type LogReaderOptions } from './log-reader.js';
export { parseProcessingCheckpoint, type ProcessingCheckpoint } from './log-checkpoint.js';
