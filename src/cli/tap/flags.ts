import type { ConfigFlags } from '../flags/find-config.js';

/** The options of `tap` as they were typed. */
export interface TapFlags extends ConfigFlags {
  readonly stage?: string;
  readonly pipeline?: string;
  /** In the order in which they were typed. */
  readonly filter?: readonly string[];
  readonly url?: string;
  readonly tokenFile?: string;
}
