import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { hasPlaceholder } from '../env/index.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';

const SECRET_HEADER = /authorization|api-?key|token|secret/i;
const LOCAL_URL = /^https?:\/\/(?:localhost|127\.|\[::1\])/;

/** Finds secrets that are written in the config itself: everybody who reads the file, or its repository, has them. */
export function secretsInClear(document: SourceDocument): Diagnostic[] {
  return [
    ...providerSecrets(document),
    ...tokenSecrets(document),
    ...natsSecrets(document),
    ...scriptSecrets(document),
    ...webhookSecrets(document),
    ...['key', 'old_keys'].flatMap((key) => placesAt(document, ['storage', 'encryption', key])),
  ].flatMap(({ path, node }) => {
    if (typeof node.value !== 'string' || node.value === '' || hasPlaceholder(node.value)) return [];
    const finding = {
      severity: 'warning',
      code: 'secret-in-clear',
      message: 'a secret stands here in clear text',
      hint: 'take it from the environment, "${NAME}", or from { file: … } or { command: … }',
    } as const;
    const diagnostic = diagnose(document, formatPointer(path), finding);
    // What is no key does not look like one, so it can't be hidden in the lines around it.
    return [path[0] === 'storage' ? { ...diagnostic, frame: undefined } : diagnostic];
  });
}

interface Place {
  readonly path: readonly string[];
  readonly node: SourceNode;
}

function providerSecrets(document: SourceDocument): Place[] {
  const places: Place[] = [];
  for (const [name, { node }] of nodeAt(document.root, '/ai_providers')?.entries ?? []) {
    const path = ['ai_providers', name];
    const address = node.entries?.get('base_url')?.node;
    const url = address?.value;
    // A server on this machine accepts any key.
    if (!(typeof url === 'string' && LOCAL_URL.test(url)))
      places.push(...['api_key', 'api_keys'].flatMap((key) => placesAt(document, [...path, key])));
    if (address !== undefined && hasPassword(address)) places.push({ path: [...path, 'base_url'], node: address });
    for (const [header, value] of node.entries?.get('headers')?.node.entries ?? []) {
      if (SECRET_HEADER.test(header)) places.push({ path: [...path, 'headers', header], node: value.node });
    }
  }
  return places;
}

function tokenSecrets(document: SourceDocument): Place[] {
  return placesAt(document, ['server', 'tokens']);
}

function scriptSecrets(document: SourceDocument): Place[] {
  return [...(nodeAt(document.root, '/secrets')?.entries ?? [])].map(([name, { node }]) => ({
    path: ['secrets', name],
    node,
  }));
}

function natsSecrets(document: SourceDocument): Place[] {
  return [
    ...['nkey', 'token', 'password'].flatMap((key) => placesAt(document, ['nats', key])),
    ...placesAt(document, ['nats', 'url']).filter(({ node }) => hasPassword(node)),
  ];
}

/** Finds webhook addresses: whoever knows one may send to it. */
function webhookSecrets(document: SourceDocument): Place[] {
  return placesAt(document, ['alerts', 'webhook']);
}

/** The values at a path that may hold one value or a list. */
function placesAt(document: SourceDocument, path: readonly string[]): Place[] {
  const node = nodeAt(document.root, formatPointer(path));
  if (node === undefined) return [];
  return node.items?.map((item, index) => ({ path: [...path, String(index)], node: item })) ?? [{ path, node }];
}

function hasPassword({ value }: SourceNode): boolean {
  return typeof value === 'string' && /:\/\/[^/@]*@/.test(value);
}
