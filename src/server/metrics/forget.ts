import type { Registry } from 'prom-client';
import { OTHER, type KnownNames } from './known-names.js';

/** Drops the series of pipelines, stages, providers and models that are no longer in the config. */
export async function forgetUnknown(registry: Registry, names: KnownNames): Promise<void> {
  for (const { name } of await registry.getMetricsAsJSON()) {
    const metric = registry.getSingleMetric(name);
    if (metric === undefined) continue;
    const { values } = await metric.get();
    for (const { labels } of values) {
      if (!isKnown(labels, names)) metric.remove(without(labels, 'le'));
    }
  }
}

type Labels = Readonly<Partial<Record<string, string | number>>>;

function isKnown({ pipeline, provider, model }: Labels, names: KnownNames): boolean {
  return isOneOf(pipeline, names.pipelines) && isOneOf(provider, names.providers) && isOneOf(model, names.models);
}

function isOneOf(label: string | number | undefined, names: { has(name: string): boolean }): boolean {
  return label === undefined || label === OTHER || names.has(String(label));
}

function without(labels: Labels, label: string): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== label));
}
