import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { filledText, type Env } from '../env/index.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';
import { isLoopback } from '../units/index.js';

const PLAIN = ['http:', 'ws:', 'nats:'];

/**
 * Finds addresses of other hosts to which data would go without encryption: an error with `require_tls: true`, else a warning.
 * Addresses from files and commands are not known here.
 *
 * @param under only those of this section, or of this provider; default: all
 */
export function plainTransports(document: SourceDocument, env: Env, under: readonly string[] = []): Diagnostic[] {
  const severity = nodeAt(document.root, '/require_tls')?.value === true ? 'error' : 'warning';
  return addressesIn(document).flatMap(({ path, node }) => {
    if (!under.every((part, at) => path[at] === part)) return [];
    const text = filledText(node.value ?? null, env);
    const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !PLAIN.includes(url.protocol) || isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
      return [];
    const finding = {
      severity,
      code: 'plain-transport',
      message: `what goes to ${url.hostname} is not encrypted on its way`,
      hint: url.protocol === 'nats:' ? 'use tls://, or nats.tls' : 'use https://',
    } as const;
    return [diagnose(document, formatPointer(path), finding)];
  });
}

interface Address {
  readonly path: readonly string[];
  readonly node: SourceNode;
}

function addressesIn(document: SourceDocument): Address[] {
  const providers = [...(nodeAt(document.root, '/ai_providers')?.entries?.keys() ?? [])];
  const isNatsEncrypted = nodeAt(document.root, '/nats/tls') !== undefined;
  const paths = [
    ...providers.flatMap((name) => ['base_url', 'proxy'].map((key) => ['ai_providers', name, key])),
    ['alerts', 'webhook'],
    ...(isNatsEncrypted ? [] : [['nats', 'url']]),
  ];
  return paths.flatMap((path) => {
    const node = nodeAt(document.root, formatPointer(path));
    if (node === undefined) return [];
    return node.items?.map((item, index) => ({ path: [...path, String(index)], node: item })) ?? [{ path, node }];
  });
}
