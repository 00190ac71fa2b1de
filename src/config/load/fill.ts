import { formatPointer, type Json } from 'computo-js';
import { fillPlaceholders, type Env } from '../env/index.js';
import { ANY_ITEM, ANY_KEY, type KeyPath, type Kinds, type StageInConfig } from '../kinds/index.js';
import { type SourceNode } from '../source/index.js';

/** A section's value with environment variables filled in, ready for its schema. */
export interface FilledSection {
  readonly value: unknown;
  /** Required variables that are unset, with the pointers of the texts that name them. */
  readonly unset: readonly { readonly name: string; readonly pointer: string }[];
  /** Pointers of texts that the environment changed, with the names of the variables. */
  readonly fromEnv: ReadonlyMap<string, readonly string[]>;
}

/** Fills environment variables into every text of a section, except in scripts, schemas and other data. Keys stay unchanged. */
export function fillSection(
  node: SourceNode,
  segments: readonly string[],
  env: Env,
  isOpaque: IsOpaque = () => false,
): FilledSection {
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
      // Object.fromEntries defines own properties, even `__proto__`.
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

/** Whether a value of a config is data or a program, in which `${…}` is not a variable. */
export type IsOpaque = (path: readonly string[], value: Json) => boolean;

/** @param stages say where their scripts and data are */
export function opaqueIn(stages: Kinds<StageInConfig>): IsOpaque {
  const scripts = stages.all.flatMap((kind) => [...kind.scripts, ...(kind.templates ?? [])]);
  const data = stages.all.flatMap((kind) => kind.data ?? []);
  const isOneOf = (patterns: readonly KeyPath[], place: readonly string[]): boolean =>
    patterns.some(
      (pattern) =>
        pattern.length === place.length &&
        pattern.every((key, index) => key === ANY_KEY || key === ANY_ITEM || key === place[index]),
    );
  return (path, value) => {
    const [section, , key, , ...inStage] = path;
    if (section === 'scripts' || section === 'tests') return path.length > 1;
    if (section !== 'pipelines') return false;
    if (key === 'routing_key') return path.length === 3;
    if (key === 'on_error') return path.length === 4 && path[3] === 'default';
    if (key !== 'stages') return false;
    return isOneOf(scripts, inStage) || (isOneOf(data, inStage) && typeof value !== 'string');
  };
}
