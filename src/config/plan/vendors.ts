import { formatPointer, orderedObject, type Json } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { Env } from '../env/index.js';
import type { VendorInConfig } from '../kinds/index.js';
import { diagnose, type SourceDocument, type SourceEntry, type SourceNode } from '../source/index.js';

const NOWHERE = { start: 0, end: 0 };

/** Returns the document as if it had this section at its root. The section has no place in the text. */
export function withSection(document: SourceDocument, key: string, value: Json): SourceDocument {
  const entries = new Map([...(document.root.entries ?? []), [key, entryOf(value)] as const]);
  const members = [...entries].map(([name, { node }]): [string, Json] => [name, node.value]);
  return { ...document, root: { ...document.root, value: orderedObject(members), entries } };
}

function entryOf(value: Json): SourceEntry {
  return { key: NOWHERE, node: nodeOf(value) };
}

function nodeOf(value: Json): SourceNode {
  if (typeof value !== 'object' || value === null) return { value, ...NOWHERE };
  if (Array.isArray(value)) return { value, ...NOWHERE, items: (value as readonly Json[]).map(nodeOf) };
  const entries = new Map(Object.entries(value).map(([key, inner]) => [key, entryOf(inner as Json)]));
  return { value, ...NOWHERE, entries };
}

/** Gives a config that names no providers the known vendors; those whose key is in the environment are ready to use. */
export function withVendors(document: SourceDocument, env: Env, vendors: readonly VendorInConfig[]): SourceDocument {
  if (hasProviders(document)) return document;
  const all = vendors.map((vendor): [string, Json] => [vendor.name, providerOf(vendor, env)]);
  return { ...withSection(document, 'ai_providers', orderedObject(all)), vendors: true };
}

export function hasProviders({ root }: SourceDocument): boolean {
  return root.entries?.has('ai_providers') === true;
}

function providerOf(vendor: VendorInConfig, env: Env): Json {
  const key = keyIn(vendor, env);
  return orderedObject([
    ['kind', vendor.kind],
    ...(vendor.baseUrl === undefined ? [] : [['base_url', vendor.baseUrl] as [string, Json]]),
    ...(key === undefined ? [] : [['api_key', `\${${key}}`] as [string, Json]]),
  ]);
}

function keyIn({ keys }: VendorInConfig, env: Env): string | undefined {
  return keys.find((name) => (env[name] ?? '') !== '');
}

/** The vendors that serve a stage, or why none does. */
export type Served = { readonly names: readonly string[] } | { readonly problem: Diagnostic };

/**
 * The vendors for a stage that names no providers, in a config that names none: the model decides. A missing key is reported only
 * when it is needed.
 *
 * @param path the path of the stage's `ai` part
 * @param model undefined: it depends on the event
 */
export function vendorsFor(
  document: SourceDocument,
  path: readonly string[],
  model: string | undefined,
  { env, vendors }: { readonly env: Env; readonly vendors: readonly VendorInConfig[] },
): Served {
  const fit = model === undefined ? vendors : vendors.filter(({ serves }) => serves(model));
  const keyed = fit.filter((vendor) => keyIn(vendor, env) !== undefined);
  const problem = (message: string, hint: string): Served => ({
    problem: diagnose(
      document,
      formatPointer(path),
      { severity: 'error', code: 'unknown-provider', message, hint },
      'key',
    ),
  });
  if (model === undefined) return { names: (keyed.length > 0 ? keyed : fit).map(({ name }) => name) };
  const shown = JSON.stringify(model);
  if (fit.length === 0) {
    return problem(
      `no AI provider is known for the model ${shown}, and the config has none under ai_providers`,
      'name one there, or give its address with --base-url',
    );
  }
  if (keyed.length > 1) {
    const names = keyed.map(({ name }) => name);
    return problem(
      `${names.join(' and ')} have the model ${shown}, and a key each`,
      `say which in a config: providers: [${names[0] ?? ''}]`,
    );
  }
  return { names: (keyed.length > 0 ? keyed : fit.slice(0, 1)).map(({ name }) => name) };
}

/** Those that serve several models of a stage; where nobody serves one of them, what is wrong with it. */
export function togetherServed(served: readonly Served[]): Served {
  const wrong = served.find((one) => 'problem' in one);
  return wrong ?? { names: [...new Set(served.flatMap((one) => ('names' in one ? one.names : [])))] };
}
