import type { StateChanges } from '../across/state-table.js';

/** What a checkpoint says of the state of the stages, which is kept beside it. */
export interface KnownState {
  /** The name of its folder. */
  readonly folder: string;
  readonly version: number;
}

/** Keeps what the stages of a pipeline know, in step with its checkpoints. */
export interface StateKeeping {
  /** The name of its folder. */
  readonly folder: string;
  /** Takes note of what has changed. @param version that it makes */
  add(version: number, changes: StateChanges): void;
  /** Makes a version durable, and with it those before: before the checkpoint that names it. */
  commit(version: number): void;
  close(): Promise<void>;
}

/** Reads what a checkpoint says of the state; undefined when it says nothing. */
export function parseKnownState(value: unknown): KnownState | undefined {
  if (typeof value !== 'object' || value === null || !('folder' in value) || !('version' in value)) return undefined;
  const { folder, version } = value;
  const isName = typeof folder === 'string' && /^[0-9a-zA-Z-]{1,100}$/.test(folder);
  return isName && typeof version === 'number' ? { folder, version } : undefined;
}
