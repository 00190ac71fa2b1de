import { formatPointer } from 'computo-js';
import { filledText } from '../env/index.js';
import type { ConfigText } from '../load/validate.js';
import { nodeAt, type SourceNode } from '../source/index.js';

/** A model in the list of a provider, or in its map. */
export interface ListedModel {
  readonly key: string;
  readonly model: string;
  /** Undefined: nothing is set for it. */
  readonly node: SourceNode | undefined;
}

/** The models that a provider lists, without those whose names depend on a variable that is not set. */
export function listedModels({ document, env }: Pick<ConfigText, 'document' | 'env'>, provider: string): ListedModel[] {
  const list = nodeAt(document.root, formatPointer(['ai_providers', provider, 'models']));
  const items = (list?.items ?? []).flatMap((item, index): ListedModel[] => {
    const name = filledText(item.entries?.get('name')?.node.value ?? item.value, env);
    return name === undefined ? [] : [{ key: String(index), model: name, node: item }];
  });
  return [...items, ...[...(list?.entries ?? [])].map(([model, { node }]) => ({ key: model, model, node }))];
}
