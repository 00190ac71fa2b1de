import type { ConfigKinds } from './kinds/index.js';
import { FIELDS } from './kinds/fields.js';
import { editorSchema } from './json-schema.js';

/** A key of a config, or of a part of one, as its schema describes it. */
export interface Setting {
  /** The path within the part: `batch.size`. A `*` stands for any name or place in a list. */
  readonly key: string;
  readonly summary: string;
}

/** The parts of a JSON Schema that are used here. */
interface Told {
  readonly description?: string;
  readonly default?: string | number | boolean | object | null;
  readonly properties?: Readonly<Record<string, Told>>;
  readonly additionalProperties?: Told | boolean;
  readonly items?: Told;
  readonly anyOf?: readonly Told[];
}

/** The possible settings of each kind of stage, starting with the kind's own key. */
export function stageSettings({ stages }: Pick<ConfigKinds, 'stages'>): ReadonlyMap<string, readonly Setting[]> {
  return new Map(stages.all.map((kind) => [kind.kind, settingsIn(editorSchema(kind.schema(FIELDS)))]));
}

/**
 * Every key that a JSON Schema describes, in its order.
 *
 * @param path where the part that it describes stands
 */
export function settingsIn(schema: Told, path: readonly string[] = []): readonly Setting[] {
  const { properties = {}, additionalProperties: named, items, anyOf = [] } = schema;
  const here = Object.entries(properties).flatMap(([key, one]) => {
    const below = [...path, key];
    return [...settingOf(one, below), ...settingsIn(one, below)];
  });
  const ofItems = items === undefined ? [] : settingsIn(items, [...path, '*']);
  const ofNames = typeof named === 'object' ? settingsIn(named, [...path, '*']) : [];
  return [...here, ...ofItems, ...ofNames, ...anyOf.flatMap((one) => settingsIn(one, path))];
}

function settingOf({ description, default: usual }: Told, path: readonly string[]): readonly Setting[] {
  if (description === undefined) return [];
  const isTold = usual === undefined || typeof usual === 'object' || description.includes('Default:');
  return [{ key: path.join('.'), summary: isTold ? description : `${description} Default: ${usual}.` }];
}
