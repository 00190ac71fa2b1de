/** What is known of the kinds of stages, outputs, sources and providers. Lightweight: does not load zod. */
export type {
  ConfigKinds,
  KeyPath,
  LiteralMedia,
  MapTemplate,
  MemberProblem,
  OutputInConfig,
  OutputConfigFields,
  PathMaker,
  ProviderInConfig,
  SettingProblem,
  SourceInConfig,
  SourcePlan,
  StageInConfig,
  StageMaker,
  TakeInConfig,
  TextProblem,
  VendorInConfig,
} from './config-kinds.js';
export { filePlan, keyedPlan, KEYED_FILES_DEFAULTS } from './file-plan.js';
export type { SchemaVocabulary } from './fields.js';
export { ANY_ITEM, ANY_KEY, Kinds } from './kinds.js';
export {
  readOnce,
  TABLE_BYTES_MAX,
  TableError,
  type OpenTable,
  type OpenTables,
  type TableMemory,
  type TablePlan,
  type TablesInConfig,
} from './tables.js';
