import type { ConfigFlags } from '../flags/find-config.js';

/** Where the log is, as it was typed. */
export type LogFlags = ConfigFlags;

export interface FormatFlags extends LogFlags {
  readonly format: 'text' | 'json';
}

export interface LogPruneFlags extends FormatFlags {
  /** Milliseconds. */
  readonly olderThan?: number;
  /** Bytes. */
  readonly maxSize?: number;
  readonly dryRun?: true;
}

export interface TailFlags extends LogFlags {
  readonly follow?: true;
  readonly lines: number;
}
