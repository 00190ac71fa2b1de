import { formatPointer, type Json } from 'computo-js';
import { fillPlaceholders, type Env } from '../env/index.js';
import { type SourceNode } from '../source/index.js';

/** A section's value with the environment put in, ready for its schema. */
export interface FilledSection {
  readonly value: unknown;
  /** Variables that are needed and not set, with the pointers of the texts that name them. */
  readonly unset: readonly { readonly name: string; readonly pointer: string }[];
  /** Pointers of texts that the environment changed, with the names of the variables. */
  readonly fromEnv: ReadonlyMap<string, readonly string[]>;
}

/** Puts the environment into every text of a section, but not into scripts, schemas and other data. Keys stay as they are. */
export function fillSection(node: SourceNode, segments: readonly string[], env: Env): FilledSection {
  const unset: { name: string; pointer: string }[] = [];
  const fromEnv = new Map<string, readonly string[]>();

  const fill = (part: SourceNode, path: readonly string[]): unknown => {
    if (isOpaque(path, part.value)) return part.value;
    if (part.items !== undefined) return part.items.map((item, index) => fill(item, [...path, String(index)]));
    if (part.entries !== undefined) {
      const members = [...part.entries].map(([key, entry]): [string, unknown] => [
        key,
        fill(entry.node, [...path, key]),
      ]);
      // Object.fromEntries defines own properties, `__proto__` too.
      return Object.fromEntries(members);
    }
    if (typeof part.value !== 'string') return part.value;
    const { text, names, unset: missing } = fillPlaceholders(part.value, env);
    const pointer = formatPointer(path);
    for (const name of missing) unset.push({ name, pointer });
    if (names.length > 0) fromEnv.set(pointer, names);
    return text;
  };

  return { value: fill(node, segments), unset, fromEnv };
}

/** Values that are data or programs: a `${…}` in them is theirs. */
function isOpaque(path: readonly string[], value: Json): boolean {
  const [section, , key, , stageKey, aiKey] = path;
  if (section === 'scripts') return path.length > 1;
  if (section !== 'pipelines') return false;
  if (path.length === 3) return key === 'routing_key';
  if (path.length === 4) return key === 'on_error' && path[3] === 'default';
  if (key !== 'stages') return false;
  if (path.length === 5) return stageKey === 'computo' || stageKey === 'filter';
  return (
    path.length === 6 && stageKey === 'ai' && (aiKey === 'request' || (aiKey === 'schema' && typeof value !== 'string'))
  );
}
