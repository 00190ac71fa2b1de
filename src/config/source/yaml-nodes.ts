import { orderedObject, type Json } from 'computo-js';
import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { parseJson } from '../../json/index.js';
import type { Diagnostic } from '../diagnostic/index.js';
import { diagnoseSpan } from './document.js';
import type { SourceEntry, SourceNode, SourceSpan } from './node.js';
import { repeatedKey } from './repeated-key.js';
import { operatorHint } from './yaml-operators.js';

/** The most values of a document with its aliases expanded: aliases of aliases grow exponentially. */
const EXPANDED_VALUES_MAX = 1_000_000;
const FINDINGS_MAX = 100;

/** The size of a node with its aliases expanded. */
interface Extent {
  readonly values: number;
  readonly depth: number;
}

/** Converts a composed YAML document to source nodes, and collects everything that is not JSON. */
export class YamlConverter {
  readonly findings: Diagnostic[] = [];
  readonly #source: { readonly file: string; readonly text: string };
  readonly #depthMax: number;
  /** The latest node of each anchor; `open` while the node is being converted. */
  readonly #anchors = new Map<string, SourceNode | 'open'>();
  readonly #extents = new WeakMap<SourceNode, Extent>();

  constructor(source: { readonly file: string; readonly text: string }, depthMax: number) {
    this.#source = source;
    this.#depthMax = depthMax;
  }

  /** @param within the span of whatever contains the node, used as the place of a missing value */
  convert(node: Node | null, within: SourceSpan = { start: 0, end: 0 }): SourceNode {
    if (node === null) return { value: null, ...within };
    const span = spanOfNode(node, within);
    if (isAlias(node)) return this.#alias(node, span);
    const { anchor } = node as Scalar | YAMLMap;
    // An anchor may have this name, but nobody uses it: it is the operator && without quotes.
    if (anchor === '&') this.#refuse(span, 'syntax-error', "'&&' is read as an anchor here", operatorHint('&&'));
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const converted = this.#collectionOrScalar(node, span);
    if (anchor !== undefined) this.#anchors.set(anchor, converted);
    return converted;
  }

  #collectionOrScalar(node: Node, span: SourceSpan): SourceNode {
    if (isSeq(node)) {
      const items = node.items.map((item) => this.convert(item as Node | null, span));
      return this.#measured({ value: items.map((item) => item.value), ...span, items }, items);
    }
    if (isMap(node)) {
      const entries = this.#entries(node, span);
      const parts = [...entries.values()].map((entry) => entry.node);
      const members = [...entries].map(([key, entry]): [string, Json] => [key, entry.node.value]);
      return this.#measured({ value: orderedObject(members), ...span, entries }, parts);
    }
    return {
      value: isScalar(node) ? this.#scalar(node, span) : this.#refuse(span, 'not-json', 'not a JSON value'),
      ...span,
    };
  }

  #entries(map: YAMLMap, span: SourceSpan): Map<string, SourceEntry> {
    const entries = new Map<string, SourceEntry>();
    const merged = new Set<string>();
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const key = spanOfNode(pair.key, span);
      if (isMergeKey(pair.key)) {
        for (const [name, entry] of this.#mergedEntries(pair.value, key)) {
          if (entries.has(name)) continue;
          entries.set(name, entry);
          merged.add(name);
        }
        continue;
      }
      const name = this.#keyName(pair.key, key);
      const earlier = entries.get(name);
      if (earlier !== undefined && !merged.delete(name))
        this.#found(repeatedKey(this.#source, name, key, earlier.key, 'error'));
      entries.set(name, { key, node: this.convert(pair.value, key) });
    }
    return entries;
  }

  /** The members added by `<<: *base` or `<<: [*base, *other]`; of equal keys the first counts. */
  #mergedEntries(node: Node | null, key: SourceSpan): ReadonlyMap<string, SourceEntry> {
    const source = this.convert(node, key);
    const all = new Map<string, SourceEntry>();
    for (const part of source.items ?? [source]) {
      if (part.entries === undefined) {
        this.#refuse(part, 'syntax-error', "only a map, or a list of maps, can be merged with '<<'");
        continue;
      }
      for (const [name, entry] of part.entries) if (!all.has(name)) all.set(name, entry);
    }
    return all;
  }

  /** A number, boolean or null used as a key becomes the text as written. */
  #keyName(key: Node | null, span: SourceSpan): string {
    if (key === null) return '';
    if (isAlias(key)) {
      const { value } = this.#alias(key, span);
      return typeof value === 'string' ? value : String(this.#refuse(span, 'not-json', 'a key must be text'));
    }
    if (!isScalar(key)) return String(this.#refuse(span, 'not-json', 'a key must be text, not a list or a map'));
    return typeof key.value === 'string' ? key.value : (key.source ?? '');
  }

  #alias(node: Alias, span: SourceSpan): SourceNode {
    const target = this.#anchors.get(node.source);
    if (target === undefined)
      return { value: this.#refuse(span, 'syntax-error', `no anchor &${node.source} before this alias`), ...span };
    if (target === 'open')
      return { value: this.#refuse(span, 'cycle', `the value of &${node.source} contains itself`), ...span };
    const { items, entries, value, written = { start: target.start, end: target.end } } = target;
    const alias: SourceNode = { value, ...span, written, ...(items && { items }), ...(entries && { entries }) };
    this.#extents.set(alias, this.#extent(target));
    return alias;
  }

  #scalar(node: Scalar, span: SourceSpan): Json {
    const { value, source = '' } = node;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'bigint' && !/^[-+]?[0-9]+$/.test(source)) return parseJson(String(value));
    if (typeof value === 'bigint' || typeof value === 'number') {
      const json = jsonNumber(source);
      if (json !== undefined) return json;
      return this.#refuse(span, 'not-json', `${source} is not a number in JSON`);
    }
    return this.#refuse(span, 'not-json', 'not a JSON value');
  }

  #measured(node: SourceNode, parts: readonly SourceNode[]): SourceNode {
    let values = 1;
    let depth = 0;
    for (const part of parts) {
      const extent = this.#extent(part);
      values += extent.values;
      depth = Math.max(depth, extent.depth);
    }
    const empty: SourceNode = { value: null, start: node.start, end: node.end };
    if (values > EXPANDED_VALUES_MAX) {
      this.#refuse(
        node,
        'too-many-aliases',
        `more than ${EXPANDED_VALUES_MAX} values once the aliases are written out`,
      );
      return empty;
    }
    if (depth + 1 > this.#depthMax) {
      this.#refuse(node, 'too-deep', `nested deeper than ${this.#depthMax} levels once the aliases are written out`);
      return empty;
    }
    this.#extents.set(node, { values, depth: depth + 1 });
    return node;
  }

  #extent(node: SourceNode): Extent {
    return this.#extents.get(node) ?? { values: 1, depth: 0 };
  }

  /** Adds a finding. Returns null in place of the value, so that the rest can be checked. */
  #refuse(span: SourceSpan, code: string, message: string, hint?: string): null {
    this.#found(diagnoseSpan(this.#source, span, { severity: 'error', code, message, hint }));
    return null;
  }

  #found(finding: Diagnostic): void {
    if (this.findings.length < FINDINGS_MAX) this.findings.push(finding);
  }
}

function spanOfNode(node: Node | null, within: SourceSpan): SourceSpan {
  const range = node?.range;
  return range ? { start: range[0], end: Math.max(range[1], range[0]) } : within;
}

/** Whether a key is an unquoted `<<`; in quotes it is an ordinary key. */
function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN';
}

/** The exact value of a YAML number, which may be written in ways that JSON does not allow: `+1`, `.5`, `1.`, `007`. */
function jsonNumber(source: string): Json | undefined {
  const match = /^([-+]?)0*([0-9]*)(?:\.([0-9]*))?([eE][-+]?[0-9]+)?$/.exec(source);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = match;
  const text = `${sign === '-' ? '-' : ''}${whole || '0'}${fraction && `.${fraction}`}${exponent}`;
  return parseJson(text);
}
