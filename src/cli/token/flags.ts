import type { ConfigFlags } from '../flags/find-config.js';

/** The options shared by all of `token`'s commands, as they were typed. */
export type TokenFlags = ConfigFlags;

export interface CreateFlags extends TokenFlags {
  readonly role: string;
  readonly name?: string;
  /** Milliseconds from now. */
  readonly expires?: number;
}

export interface TokenListFlags extends TokenFlags {
  readonly format: 'text' | 'json';
}
