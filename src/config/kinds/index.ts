/** What is known of kinds of stages, outputs, sources and providers. Light: it loads no zod. */
export type {
  ConfigKinds,
  KeyPath,
  OutputInConfig,
  OutputSettings,
  PathMaker,
  ProviderInConfig,
  SourceInConfig,
  SourcePlan,
  StageInConfig,
  StageMaker,
} from './config-kinds.js';
export { filePlan } from './file-plan.js';
export type { Fields } from './fields.js';
export { Kinds } from './kinds.js';
