/** Scripts and where they stand. Light: a run with `-e` or a script file needs this much of the config floor and no more. */
export { checkScript, placeInScript } from './check-script.js';
export { loadScriptFile, parseInlineScript, scriptAt, type ScriptSource } from './script-source.js';
