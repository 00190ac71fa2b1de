import { formatPointer } from 'computo-js';
import type { ConfigText } from '../load/validate.js';
import { nodeAt, type SourceNode } from '../source/index.js';
import { filledText } from './filled-text.js';

/** A model in a provider's list or map. */
export interface ListedModel {
  readonly key: string;
  readonly model: string;
  /** Undefined: the model has no settings. */
  readonly node: SourceNode | undefined;
}

/** The models that a provider is said to have. */
export function listedModels({ document, env }: Pick<ConfigText, 'document' | 'env'>, provider: string): ListedModel[] {
  const list = nodeAt(document.root, formatPointer(['ai_providers', provider, 'models']));
  const items = (list?.items ?? []).flatMap((item, index): ListedModel[] => {
    const name = filledText(item.entries?.get('name')?.node.value ?? item.value, env);
    return name === undefined ? [] : [{ key: String(index), model: name, node: item }];
  });
  return [...items, ...[...(list?.entries ?? [])].map(([model, { node }]) => ({ key: model, model, node }))];
}
