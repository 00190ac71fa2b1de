import type { StateChanges } from '../across/state-table.js';

/** What a checkpoint says about the state of the stages, which is stored separately. */
export interface KnownState {
  /** The name of its folder. */
  readonly folder: string;
  readonly version: number;
}

/** Stores the state of a pipeline's stages, in step with its checkpoints. */
export interface StateKeeping {
  /** The name of its folder. */
  readonly folder: string;
  /** Records changes. @param version the version that they make */
  add(version: number, changes: StateChanges): void;
  /** Makes a version and all earlier ones durable. Call it before storing the checkpoint that names the version. */
  commit(version: number): void;
  close(): Promise<void>;
}

/** Parses what a checkpoint says about the state; undefined if it says nothing. */
export function parseKnownState(value: unknown): KnownState | undefined {
  if (typeof value !== 'object' || value === null || !('folder' in value) || !('version' in value)) return undefined;
  const { folder, version } = value;
  const isName = typeof folder === 'string' && /^[0-9a-zA-Z-]{1,100}$/.test(folder);
  return isName && typeof version === 'number' ? { folder, version } : undefined;
}
