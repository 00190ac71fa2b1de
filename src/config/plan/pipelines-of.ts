import { nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';

/** The pipelines of a config, as written. */
export function pipelinesOf(document: SourceDocument): NonNullable<SourceNode['entries']> {
  return nodeAt(document.root, '/pipelines')?.entries ?? new Map();
}
