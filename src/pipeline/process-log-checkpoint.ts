import { parseCheckpoint, type PipelineCheckpoint } from './checkpoint-keeper.js';
import { parseLogPlace, type LogPlace } from '../sources/index.js';

/** How far a pipeline came in the stored log. */
export type ProcessingCheckpoint = PipelineCheckpoint<LogPlace>;

/** Reads a stored checkpoint; undefined when it is none. */
export function parseProcessingCheckpoint(value: unknown): ProcessingCheckpoint | undefined {
  return parseCheckpoint(value, parseLogPlace);
}
