/**
 * Floor 3: the config file. Importing this loads zod, YAML and JavaScript support, so commands import it only when they need a
 * config. What a run without a config needs has lighter entry points: `script/`, `diagnostic/` and `units/`.
 */
export {
  checkConfig,
  FLEET_NOT_ENCRYPTED,
  checkPaths,
  FINDING_CODES,
  unpricedModelsOf,
  weakTokens,
  type CheckConfigOptions,
  type CheckedPaths,
  type CheckPathsOptions,
  type FindingCode,
  type IsPriced,
} from './check/index.js';
export { ConfigError, hasErrors, renderDiagnostic, type Diagnostic, type Palette } from './diagnostic/index.js';
export { maskSecrets, Secret, type Env } from './env/index.js';
export { resolveSecret, SecretError, type SecretReaders } from './env/resolve-secret.js';
export { configJsonSchema, testJsonSchema } from './json-schema.js';
export { FOREIGN_STAGES } from './schema/foreign-stages.js';
export { settingsIn, stageSettings } from './settings.js';
export { discoverConfig } from './load/discover.js';
export { bareConfig, loadConfig, type LoadedConfig, type LoadOptions } from './load/load-config.js';
export { keySources, repeatedKeys } from './load/provider-keys.js';
export {
  providerNames,
  stateDirectory,
  stateNotice,
  useProvider,
  useSection,
  useSources,
  type ProviderConfig,
} from './load/sections.js';
export type {
  FilePlan,
  OnErrorPlan,
  KeyedFilesPlan,
  OutputPlan,
  OutputTake,
  PipelinePlan,
  ScriptPlan,
  StagePlan,
  TemplatePlan,
} from './plan/pipeline-plan.js';
export { configTables } from './plan/config-tables.js';
export { planScript } from './plan/plan-script.js';
export {
  pipelineNames,
  resolveOutputs,
  resolvePipeline,
  resolveScript,
  scriptNames,
  type ResolvedPipeline,
} from './plan/resolve-pipeline.js';
export { scriptOptions } from './plan/script-options.js';
export { withSection } from './plan/vendors.js';
export type { Config } from './schema.js';
export { SAMPLE_EVENTS_MAX, sampleOf, type Sample } from './shape/index.js';
export type { SecretRef } from './schema/secret.js';
