import { parseCheckpoint, type PipelineCheckpoint } from './checkpoint-keeper.js';
import { parseRetriedLetters, type RetriedLetters } from '../letters/retried-letters.js';
import { parseKnownState, type KnownState } from './state-keeping.js';
import { parseLogMark, type LogMark } from '../../sources/index.js';

/** How far a pipeline got in the stored log. */
export interface ProcessingCheckpoint extends PipelineCheckpoint<LogMark> {
  /**
   * The dead letters whose events were retried into the pipeline's outputs, by the letters' file. Stored with the lengths of the
   * outputs in one write, so that either both count or neither does.
   */
  readonly driven: Readonly<Record<string, RetriedLetters>>;
  /** Whether its writer writes events other than those stored after its place: a replay to the outputs. */
  readonly replays: boolean;
  /** What its stages know of earlier events; absent: nothing. */
  readonly state?: KnownState;
}

/** Parses a stored checkpoint; undefined if the value is not one. */
export function parseProcessingCheckpoint(value: unknown): ProcessingCheckpoint | undefined {
  const checkpoint = parseCheckpoint(value, parseLogMark);
  const state = parseState(value);
  return (
    checkpoint && { ...checkpoint, driven: parseRetried(value), replays: parseReplays(value), ...(state && { state }) }
  );
}

function parseState(value: unknown): KnownState | undefined {
  return typeof value === 'object' && value !== null && 'state' in value ? parseKnownState(value.state) : undefined;
}

function parseReplays(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'replays' in value && value.replays === true;
}

function parseRetried(value: unknown): ProcessingCheckpoint['driven'] {
  if (typeof value !== 'object' || value === null || !('driven' in value)) return {};
  const { driven } = value;
  if (typeof driven !== 'object' || driven === null) return {};
  return Object.fromEntries(
    Object.entries(driven).flatMap(([file, letters]) => {
      const parsed = parseRetriedLetters(letters);
      return parsed === undefined ? [] : [[file, parsed]];
    }),
  );
}
