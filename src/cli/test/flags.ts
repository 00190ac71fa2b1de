import type { ConfigFlags } from '../flags/find-config.js';

/** The flags of `colloquium test`, as they were typed. */
export interface TestFlags extends ConfigFlags {
  readonly filter?: string;
  readonly record?: 'all' | 'new';
  readonly maxCost?: string;
  readonly update?: true;
  readonly watch?: true;
  readonly format: 'pretty' | 'tap' | 'junit';
}
