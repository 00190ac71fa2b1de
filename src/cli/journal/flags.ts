import type { ConfigFlags } from '../flags/find-config.js';

/** The options shared by all of `journal`'s commands, as they were typed. */
export interface JournalFlags extends ConfigFlags {
  readonly format: 'text' | 'json';
}

export interface JournalListFlags extends JournalFlags {
  readonly pipeline?: string;
  readonly stage?: string;
}

export interface JournalPruneFlags extends JournalFlags {
  /** Milliseconds. */
  readonly olderThan?: number;
  /** Bytes. */
  readonly maxSize?: number;
}

export interface JournalBatchesFlags extends JournalFlags {
  /** The id of a batch. */
  readonly fetch?: string;
  /** The same. */
  readonly cancel?: string;
  /** The same. */
  readonly forget?: string;
  /** The name of an environment variable. */
  readonly apiKeyEnv?: string;
}
