/** What is known of kinds of stages, outputs, sources and providers. Light: it loads no zod. */
export type {
  ConfigKinds,
  KeyPath,
  OutputInConfig,
  OutputConfigFields,
  PathMaker,
  ProviderInConfig,
  SettingProblem,
  SourceInConfig,
  SourcePlan,
  StageInConfig,
  StageMaker,
} from './config-kinds.js';
export { filePlan } from './file-plan.js';
export type { SchemaVocabulary } from './fields.js';
export { ANY_KEY, Kinds } from './kinds.js';
