import type { ConfigFlags } from '../flags/find-config.js';

/** The options of `check` as they were typed. */
export interface CheckFlags extends ConfigFlags {
  readonly format: 'text' | 'json';
  readonly strict?: true;
  readonly sample?: string;
  readonly pipeline?: string;
}
