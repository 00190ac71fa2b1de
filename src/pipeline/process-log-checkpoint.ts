import { parseFilePosition, type FilePosition } from '../sinks/index.js';
import { parseLogPlace, type LogPlace } from '../sources/index.js';

/** How far a pipeline came in the stored log, and how long its output files were then. */
export interface ProcessingCheckpoint {
  /** Every event before it is out, and none behind it. */
  readonly place: LogPlace;
  /** By path. What lies behind these positions was written for events that count as not processed. */
  readonly files: Readonly<Record<string, FilePosition>>;
}

/** Reads a stored checkpoint; undefined when it is none. */
export function parseProcessingCheckpoint(value: unknown): ProcessingCheckpoint | undefined {
  if (typeof value !== 'object' || value === null || !('place' in value) || !('files' in value)) return undefined;
  const place = parseLogPlace(value.place);
  if (place === undefined || typeof value.files !== 'object' || value.files === null) return undefined;
  const files: Record<string, FilePosition> = {};
  for (const [path, position] of Object.entries(value.files)) {
    const parsed = parseFilePosition(position);
    if (parsed === undefined) return undefined;
    files[path] = parsed;
  }
  return { place, files };
}
