/** Which process something belongs to, and whether that process is still there. */
export { ownerOf, stateOf, systemProcessTable, type Owner, type ProcessTable } from './owner.js';
