/** What is known of kinds of stages, outputs, sources and providers. Light: it loads no zod. */
export type {
  ConfigKinds,
  KeyPath,
  OutputInConfig,
  OutputConfigFields,
  PathMaker,
  ProviderInConfig,
  SourceInConfig,
  SourcePlan,
  StageInConfig,
  StageMaker,
  TakeInConfig,
} from './config-kinds.js';
export { filePlan, keyedPlan, KEYED_FILES_DEFAULTS } from './file-plan.js';
export type { SchemaVocabulary } from './fields.js';
export { Kinds } from './kinds.js';
