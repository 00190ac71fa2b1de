import type { ConfigFlags } from '../find-config.js';

/** The options of `tap` as they were typed. */
export interface TapFlags extends ConfigFlags {
  readonly stage?: string;
  readonly pipeline?: string;
  readonly filter?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}
