/** Everything that can be found wrong without running anything. */
export type { IsPriced } from './ai-stages.js';
export { checkConfig, type CheckConfigOptions } from './check-config.js';
export { checkScriptFile } from './check-script-file.js';
