import { formatPointer, NumberText, orderedObject, type Json } from 'computo-js';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { blameFile } from './read-text.js';
import type { ParsedSource } from './json.js';
import type { SourceEntry, SourceNode } from './node.js';

const NOWHERE = { start: 0, end: 0 };
const FINDINGS_MAX = 100;
/** The most values of a config. A value used in several places of a JavaScript object counts once per place. */
const VALUES_MAX = 200_000;

/**
 * Converts the value that a JavaScript or TypeScript config exports. It has no text: places are JSON Pointers only.
 *
 * @throws ConfigError with every part that is not JSON (`not-json`, `cycle`, `too-deep`)
 */
export function valueSource(file: string, exported: unknown, depthMax: number): ParsedSource {
  const findings: Diagnostic[] = [];
  const open = new Set<object>();
  let values = 0;

  const refuse = (path: readonly string[], code: string, message: string): SourceNode => {
    if (findings.length < FINDINGS_MAX)
      findings.push({ ...blameFile(file)(code, message), pointer: formatPointer(path) });
    return { value: null, ...NOWHERE };
  };

  const convertObject = (value: object, path: readonly string[]): SourceNode => {
    if (Array.isArray(value)) {
      const items = value.map((item: unknown, index) => convert(item, [...path, String(index)]));
      return { value: items.map((item) => item.value), ...NOWHERE, items };
    }
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const entries = new Map<string, SourceEntry>();
    for (const [key, member] of members) entries.set(key, { key: NOWHERE, node: convert(member, [...path, key]) });
    const json = [...entries].map(([key, { node }]): [string, Json] => [key, node.value]);
    return { value: orderedObject(json), ...NOWHERE, entries };
  };

  const convert = (value: unknown, path: readonly string[]): SourceNode => {
    values += 1;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return { value, ...NOWHERE };
    if (typeof value === 'bigint' || value instanceof NumberText) return { value, ...NOWHERE };
    if (typeof value === 'number') {
      return Number.isFinite(value)
        ? { value, ...NOWHERE }
        : refuse(path, 'not-json', `${value} is not a number in JSON`);
    }
    if (typeof value !== 'object') return refuse(path, 'not-json', `a ${typeof value} is not a JSON value`);
    if (open.has(value)) return refuse(path, 'cycle', 'this value contains itself');
    if (open.size >= depthMax) return refuse(path, 'too-deep', `nested deeper than ${depthMax} levels`);
    if (values > VALUES_MAX) throw new ConfigError([blameFile(file)('too-large', `more than ${VALUES_MAX} values`)]);
    open.add(value);
    const node = convertObject(value, path);
    open.delete(value);
    return node;
  };

  const root = convert(exported, []);
  if (findings.length > 0) throw new ConfigError(findings);
  return { document: { file, root }, warnings: [] };
}
