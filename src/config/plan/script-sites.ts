import type { SourceNode } from '../source/index.js';

/** Where a script can stand in a pipeline. */
export type ScriptRole = 'computo' | 'filter' | 'request' | 'routing_key';

export interface ScriptSite {
  readonly role: ScriptRole;
  readonly path: readonly string[];
  readonly node: SourceNode;
}

/** Every place of a pipeline where a script stands, in order, however broken the rest is. */
export function scriptSites(pipelinePath: readonly string[], pipeline: SourceNode): ScriptSite[] {
  const sites: ScriptSite[] = [];
  const add = (role: ScriptRole, path: readonly string[], parent: SourceNode | undefined): void => {
    const node = parent?.entries?.get(role)?.node;
    if (node !== undefined) sites.push({ role, path: [...path, role], node });
  };
  const stages = pipeline.entries?.get('stages')?.node.items ?? [];
  stages.forEach((stage, index) => {
    const path = [...pipelinePath, 'stages', String(index)];
    add('computo', path, stage);
    add('filter', path, stage);
    add('request', [...path, 'ai'], stage.entries?.get('ai')?.node);
  });
  add('routing_key', pipelinePath, pipeline);
  return sites;
}
