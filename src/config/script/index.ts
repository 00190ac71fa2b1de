/** Scripts and where they stand. Light: a run with `-e` or a script file needs this much of the config floor and no more. */
export { cachePrefix, isEmptyPrefix, type CachePrefix } from './cache-prefix.js';
export { checkScript, inDialectOf } from './check-script.js';
export { diagnoseScript, placeInScript } from './place.js';
export { isScriptFile, loadScriptFile, parseInlineScript, parseTextScript, scriptAt } from './read-script.js';
export { scriptPlan } from './script-plan.js';
export { ScriptTables, type TableShelf } from './script-tables.js';
export type { ScriptSource } from './script-source.js';
export { requestMembers, type RequestMember } from './request-members.js';
