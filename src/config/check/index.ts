/** Finds everything that can be found wrong without running anything. */
export { unpricedModelsOf, type IsPriced } from './unpriced-models.js';
export { weakTokens } from './weak-tokens.js';
export { FLEET_NOT_ENCRYPTED } from './encryption-keys.js';
export { checkConfig, type CheckConfigOptions } from './check-config.js';
export { checkPaths, type CheckedPaths, type CheckPathsOptions } from './check-paths.js';
export { FINDING_CODES, type FindingCode } from './codes.js';
