import type { ConfigFlags } from '../flags/find-config.js';

/** The options that all of `journal`'s commands have, as they were typed. */
export interface JournalFlags extends ConfigFlags {
  readonly format: 'text' | 'json';
}

export interface ListFlags extends JournalFlags {
  readonly pipeline?: string;
  readonly stage?: string;
}

export interface PruneFlags extends JournalFlags {
  /** Milliseconds. */
  readonly olderThan?: number;
  /** Bytes. */
  readonly maxSize?: number;
}
