import { formatPointer } from 'computo-js';
import { filledText } from '../env/index.js';
import type { ConfigText } from '../load/validate.js';
import { nodeAt, type SourceNode } from '../source/index.js';

/** A model in a provider's list or map of models. */
export interface ListedModel {
  readonly key: string;
  readonly model: string;
  /** Undefined: the model has no settings. */
  readonly node: SourceNode | undefined;
}

/** Returns the models that a provider lists, except those whose names depend on an unset variable. */
export function listedModels({ document, env }: Pick<ConfigText, 'document' | 'env'>, provider: string): ListedModel[] {
  const list = nodeAt(document.root, formatPointer(['ai_providers', provider, 'models']));
  const items = (list?.items ?? []).flatMap((item, index): ListedModel[] => {
    const name = filledText(item.entries?.get('name')?.node.value ?? item.value, env);
    return name === undefined ? [] : [{ key: String(index), model: name, node: item }];
  });
  return [...items, ...[...(list?.entries ?? [])].map(([model, { node }]) => ({ key: model, model, node }))];
}
