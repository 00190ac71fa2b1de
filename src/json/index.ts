/** Floor 1: JSON as text, exactly. */
export { DEPTH_MAX_DEFAULT, mayLosePrecision, parseJson, parsePlain } from './parse.js';
export { stringifyJson } from './stringify.js';
export { JsonDepthError, JsonSyntaxError } from './syntax-error.js';
