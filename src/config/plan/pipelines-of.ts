import { nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';

/** The pipelines of a config, as they stand in it. */
export function pipelinesOf(document: SourceDocument): NonNullable<SourceNode['entries']> {
  return nodeAt(document.root, '/pipelines')?.entries ?? new Map();
}
