/** JSON Patch (RFC 6902). */
export { applyPatch, PatchError } from './apply.js';
export { diff } from './diff.js';
