/** Files as values with places. Lightweight: YAML and JavaScript parsing must be imported from their own files. */
export {
  diagnose,
  diagnoseSpan,
  nodeAt,
  spanOf,
  type Finding,
  type NodePart,
  type SourceDocument,
} from './document.js';
export { lineStarts, positionAt } from './lines.js';
export { parseJsonSource, type ParsedSource } from './json.js';
export { childOf, type SourceEntry, type SourceNode } from './node.js';
export { textOffsets } from './text-offsets.js';
export { blameFile, FILE_BYTES_MAX, readStandardInput, readText, type Blame } from './read-text.js';
