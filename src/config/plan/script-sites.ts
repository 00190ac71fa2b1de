import { formatPointer } from 'computo-js';
import { ANY_KEY, type KeyPath, type Kinds, type StageInConfig } from '../kinds/index.js';
import { childOf, nodeAt, type SourceNode } from '../source/index.js';

/** The place of a script in a pipeline. */
export interface ScriptSite {
  readonly path: KeyPath;
  readonly node: SourceNode;
}

/** A stage of a config, however broken the rest is. */
export interface FoundStage {
  readonly path: KeyPath;
  readonly node: SourceNode;
  /** Undefined: the stage has no key that identifies a kind. */
  readonly kind: StageInConfig | undefined;
}

export function stagesOf(pipelinePath: KeyPath, pipeline: SourceNode, kinds: Kinds<StageInConfig>): FoundStage[] {
  return (pipeline.entries?.get('stages')?.node.items ?? []).map((node, index) => ({
    path: [...pipelinePath, 'stages', String(index)],
    node,
    kind: kinds.all.find((one) => node.entries?.has(one.kind) === true),
  }));
}

/** All places of a pipeline that have a script, in order, however broken the rest is. */
export function scriptSites(pipelinePath: KeyPath, pipeline: SourceNode, kinds: Kinds<StageInConfig>): ScriptSite[] {
  const patterns = kinds.all.flatMap(({ scripts }) => scripts);
  const sites = stagesOf(pipelinePath, pipeline, kinds).flatMap(({ path, node }) =>
    placesIn(node, patterns).map((below) => siteAt(path, node, below)),
  );
  return [...sites, siteAt(pipelinePath, pipeline, ['routing_key'])].filter((site) => site !== undefined);
}

function siteAt(path: KeyPath, parent: SourceNode, below: KeyPath): ScriptSite | undefined {
  const node = nodeAt(parent, formatPointer(below));
  return node && { path: [...path, ...below], node };
}

/** The places in a stage that match patterns: a `*` in a pattern matches each key of the map there. */
export function placesIn(stage: SourceNode, patterns: readonly KeyPath[]): readonly KeyPath[] {
  return patterns.flatMap((pattern) => {
    let places: { readonly path: KeyPath; readonly node: SourceNode | undefined }[] = [{ path: [], node: stage }];
    for (const key of pattern) {
      places = places.flatMap(({ path, node }) => {
        const keys = key === ANY_KEY ? [...(node?.entries?.keys() ?? [])] : [key];
        return keys.map((one) => ({ path: [...path, one], node: node && childOf(node, one) }));
      });
    }
    return places.map(({ path }) => path);
  });
}
