import { parseCheckpoint, type PipelineCheckpoint } from './checkpoint-keeper.js';
import { parseDrivenLetters, type DrivenLetters } from '../letters/driven-letters.js';
import { parseKnownState, type KnownState } from './state-keeping.js';
import { parseLogMark, type LogMark } from '../../sources/index.js';

/** How far a pipeline came in the stored log. */
export interface ProcessingCheckpoint extends PipelineCheckpoint<LogMark> {
  /**
   * The dead letters whose events went to the pipeline's outputs once more, by the letters' file. They stand beside the lengths
   * of the outputs, in one write: both count, or neither.
   */
  readonly driven: Readonly<Record<string, DrivenLetters>>;
  /** Who made it writes other events behind it than those that are stored behind its place: a replay to the outputs. */
  readonly replays: boolean;
  /** What its stages know of the events before; absent: nothing. */
  readonly state?: KnownState;
}

/** Reads a stored checkpoint; undefined when it is none. */
export function parseProcessingCheckpoint(value: unknown): ProcessingCheckpoint | undefined {
  const checkpoint = parseCheckpoint(value, parseLogMark);
  const state = parseState(value);
  return (
    checkpoint && { ...checkpoint, driven: parseDriven(value), replays: parseReplays(value), ...(state && { state }) }
  );
}

function parseState(value: unknown): KnownState | undefined {
  return typeof value === 'object' && value !== null && 'state' in value ? parseKnownState(value.state) : undefined;
}

function parseReplays(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'replays' in value && value.replays === true;
}

function parseDriven(value: unknown): ProcessingCheckpoint['driven'] {
  if (typeof value !== 'object' || value === null || !('driven' in value)) return {};
  const { driven } = value;
  if (typeof driven !== 'object' || driven === null) return {};
  return Object.fromEntries(
    Object.entries(driven).flatMap(([file, letters]) => {
      const parsed = parseDrivenLetters(letters);
      return parsed === undefined ? [] : [[file, parsed]];
    }),
  );
}
