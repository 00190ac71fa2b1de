import { ANY_SHAPE, formatPointer, type Shape } from 'computo-js';
import type { KeyPath, Kinds, StageInConfig } from '../kinds/index.js';
import { placesIn, stagesOf } from '../plan/script-sites.js';
import type { ScriptSource } from '../script/index.js';
import type { SourceDocument, SourceNode } from '../source/index.js';
import type { ShapeScript, ShapeStep } from './check-shapes.js';

/**
 * The steps of a pipeline in the order in which data passes them, however broken some of them are.
 *
 * @param scriptAt returns the script at a place of the config, if it could be read
 */
export function stepsOf(
  document: SourceDocument,
  path: KeyPath,
  pipeline: SourceNode,
  kinds: Kinds<StageInConfig>,
  scriptAt: (pointer: string) => ScriptSource | undefined,
): ShapeStep[] {
  const scriptOf = (place: KeyPath): ShapeScript => {
    const pointer = formatPointer(place);
    return { source: scriptAt(pointer), site: { document, pointer } };
  };
  const stages = stagesOf(path, pipeline, kinds).map(({ path: stagePath, node, kind }): ShapeStep => {
    // Nothing is known behind a broken stage.
    if (kind === undefined) return { scripts: [], behind: () => ANY_SHAPE };
    const places = placesIn(node, kind.scripts);
    return {
      scripts: places.map((below) => ({
        ...scriptOf([...stagePath, ...below]),
        input: kind.inputOf?.(below),
        seesState: kind.seesState !== undefined && formatPointer(below) === formatPointer(kind.seesState),
      })),
      behind: (data, made) => kind.shape(data, made, node),
      findProblem: (made) => kind.findProblem?.(made, places),
    };
  });
  const orElse = pipeline.entries?.get('on_error')?.node.entries?.get('default')?.node.value;
  const routing = { scripts: [scriptOf([...path, 'routing_key'])], behind: (data: Shape) => data, findProblem: noKey };
  return [...stages, { ...routing, orElse }];
}

function noKey([key]: readonly Shape[]): ReturnType<NonNullable<ShapeStep['findProblem']>> {
  const isContainer = key?.object !== undefined || key?.array !== undefined;
  return isContainer && key.scalars.size === 0 ? { script: 0, must: 'a routing key must be a string' } : undefined;
}
