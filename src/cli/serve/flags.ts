import type { ConfigFlags } from '../flags/find-config.js';

/** The options of `serve` as they were typed. */
export interface ServeFlags extends ConfigFlags {
  readonly host?: string;
  readonly port?: number;
  readonly insecure?: true;
  readonly fromScratch?: true;
  /** Addresses, separated by commas. */
  readonly join?: string;
}
