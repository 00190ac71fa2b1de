import { formatPointer } from 'computo-js';
import { hasPlaceholder } from '../env/index.js';
import type { ScriptSource } from '../script/index.js';
import type { SourceDocument, SourceNode } from '../source/index.js';
import type { ShapeStep } from './check-shapes.js';

/**
 * The steps of a pipeline in the order in which data goes through them, however broken some of them are.
 *
 * @param scriptAt the script at a place of the config, if it can be had
 */
export function stepsOf(
  document: SourceDocument,
  path: readonly string[],
  pipeline: SourceNode,
  scriptAt: (pointer: string) => ScriptSource | undefined,
): ShapeStep[] {
  const stage = (node: SourceNode, index: number): ShapeStep => {
    const stagePath = [...path, 'stages', String(index)];
    for (const kind of ['computo', 'filter'] as const) {
      if (node.entries?.has(kind) === true) return step(kind, [...stagePath, kind]);
    }
    const ai = node.entries?.get('ai')?.node;
    if (ai === undefined) return { kind: 'unknown' };
    const into = ai.entries?.get('into')?.node.value;
    if (into !== undefined && (typeof into !== 'string' || hasPlaceholder(into))) return { kind: 'unknown' };
    return { ...step('ai', [...stagePath, 'ai', 'request']), into };
  };
  const step = (kind: ShapeStep['kind'], place: readonly string[]): ShapeStep => {
    const pointer = formatPointer(place);
    return { kind, script: scriptAt(pointer), site: { document, pointer } };
  };

  const stages = pipeline.entries?.get('stages')?.node.items ?? [];
  const orElse = pipeline.entries?.get('on_error')?.node.entries?.get('default')?.node.value;
  return [...stages.map(stage), { ...step('routing_key', [...path, 'routing_key']), orElse }];
}
