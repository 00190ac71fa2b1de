/** Scripts and their places. Lightweight: a run with `-e` or a script file needs only this part of the config floor. */
export { cachePrefix, isEmptyPrefix, type CachePrefix } from './cache-prefix.js';
export { checkScript, inDialectOf } from './check-script.js';
export { diagnoseScript, placeInScript } from './place.js';
export { isScriptFile, loadScriptFile, parseInlineScript, parseTextScript, scriptAt } from './read-script.js';
export { foreignPlaceholder, hasPlaceholder, nearPlaceholder, type NearPlaceholder } from './near-placeholder.js';
export { scriptPlan } from './script-plan.js';
export { ScriptTables, type TableShelf } from './script-tables.js';
export type { ScriptSource } from './script-source.js';
export { requestMembers, type RequestMember } from './request-members.js';
