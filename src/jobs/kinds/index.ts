import { providerKinds, vendors } from '../../ai/provider/kinds/index.js';
import type { ConfigKinds } from '../../config/kinds/index.js';
import { stageKinds } from '../../pipeline/index.js';
import { outputKinds } from '../../sinks/kinds/index.js';
import { tables } from '../../sources/tables/index.js';
import { sourceKinds } from '../inputs/index.js';

/** Every kind that a config may use and this program can run. */
export const KINDS: ConfigKinds = {
  stages: stageKinds,
  outputs: outputKinds,
  sources: sourceKinds,
  providers: providerKinds,
  vendors,
  tables,
};
