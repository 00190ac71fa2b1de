/** Processing the stored log: it is read from a checkpoint, which is kept up to date. */
export { CheckpointKeeper, type PipelineCheckpoint } from './checkpoint-keeper.js';
export { hasEventsOf } from './has-events.js';
export { knownFiles, LogReader, type LogReaderOptions } from './log-reader.js';
export { parseProcessingCheckpoint, type ProcessingCheckpoint } from './log-checkpoint.js';
