import type { ConfigFlags } from '../flags/find-config.js';

/** The options of `cost` as they were typed. */
export interface CostFlags extends ConfigFlags {
  readonly since: string;
  readonly by: string;
  readonly format: 'text' | 'json' | 'csv';
}
