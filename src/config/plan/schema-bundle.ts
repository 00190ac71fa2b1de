import { basename, dirname, resolve } from 'node:path';
import type { Json } from 'computo-js';
import { stringifyJson } from '../../json/index.js';
import { isSchemaObject, mapSchemas, schemasIn, withoutKeywords, type SchemaObject } from '../answer-schema/index.js';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { diagnose, FILE_BYTES_MAX, nodeAt, parseJsonSource, readText, type SourceDocument } from '../source/index.js';

/** The most levels of nesting in a schema file. */
export const DEPTH_MAX = 1000;
/** The most files that a schema may refer to. */
const FILES_MAX = 100;

/** A JSON Schema, and where it was written. */
export interface SchemaSource {
  /** Plain JSON. */
  readonly schema: unknown;
  readonly document: SourceDocument;
  /** JSON Pointer to the schema within the document. */
  readonly pointer: string;
  /** Absolute; undefined: the schema is in a config. */
  readonly file?: string;
  /** The folder that its references to files are relative to. */
  readonly folder: string;
}

/** A schema with everything that it refers to in other files, each under a name of its own in its `$defs`. */
export interface SchemaBundle {
  readonly schema: unknown;
  /** Where a part of the bundle was written. */
  placeOf(pointer: string): Pick<SchemaSource, 'document' | 'pointer'>;
}

/** A schema in a file that is referred to; `key`: its name in `$defs`. */
interface Part {
  readonly source: SchemaSource;
  readonly key: string;
  /** JSON Pointer to the schema within the file. */
  readonly pointer: string;
  readonly schema: unknown;
}

/** The target of a `$ref` to a file; `fragment`: empty, a JSON Pointer, or an anchor. */
interface Target {
  readonly file: string;
  readonly fragment: string;
}

/**
 * Combines a schema and what its `$ref`s name in other files into one schema. The files may refer to each other in circles.
 * References to names with a scheme stay unchanged: nothing is fetched.
 *
 * @throws ConfigError when a file can't be read, is not JSON or lacks the target, or there are too many or too large files
 */
export async function bundleSchema(root: SchemaSource): Promise<SchemaBundle> {
  return await new Bundler(root).bundle();
}

/** Converts a schema to plain JavaScript numbers and objects, as compilers and providers take it. */
export function plainSchema(value: Json): unknown {
  return JSON.parse(stringifyJson(value)) as unknown;
}

class Bundler {
  readonly #root: SchemaSource;
  readonly #files = new Map<string, SchemaSource>();
  readonly #parts = new Map<string, Part>();
  readonly #keys: Set<string>;
  readonly #ids = new Map<SchemaSource, readonly string[]>();
  #bytes = 0;

  constructor(root: SchemaSource) {
    this.#root = root;
    if (root.file !== undefined) this.#files.set(root.file, root);
    this.#keys = new Set(isSchemaObject(root.schema) ? Object.keys(root.schema['$defs'] ?? {}) : []);
  }

  async bundle(): Promise<SchemaBundle> {
    const root = this.#root;
    await this.#follow(root, root.schema, '');
    // The loop also reaches parts that are added while it runs.
    for (const { source, schema, pointer } of this.#parts.values()) await this.#follow(source, schema, pointer);
    const own = this.#moved(root, root.schema);
    const parts = [...this.#parts.values()];
    return {
      schema: isSchemaObject(own) && parts.length > 0 ? this.#withParts(own, parts) : own,
      placeOf(pointer) {
        const part = parts.find(({ key }) => `${pointer}/`.startsWith(`/$defs/${key}/`));
        if (part === undefined) return { document: root.document, pointer: root.pointer + pointer };
        const { source, key } = part;
        return { document: source.document, pointer: part.pointer + pointer.slice(`/$defs/${key}`.length) };
      },
    };
  }

  #withParts(root: SchemaObject, parts: readonly Part[]): SchemaObject {
    const added = Object.fromEntries(
      parts.map(({ key, source, schema }): [string, unknown] => [key, nameless(this.#moved(source, schema))]),
    );
    const own = root['$defs'];
    return { ...root, $defs: { ...(isSchemaObject(own) ? own : {}), ...added } };
  }

  /** Reads the schemas that a schema refers to. */
  async #follow(source: SchemaSource, schema: unknown, at: string): Promise<void> {
    for (const { schema: one, pointer } of schemasIn(schema)) {
      const target = this.#targetOf(source, one);
      if (target === undefined || target.file === this.#root.file || this.#parts.has(nameOf(target))) continue;
      const place = `${source.pointer}${at}${pointer}/$ref`;
      const blame = (code: string, message: string, hint?: string): Diagnostic =>
        diagnose(source.document, place, { severity: 'error', code, message, hint });
      this.#parts.set(nameOf(target), this.#partOf(target, await this.#read(target.file, blame), blame));
    }
  }

  async #read(file: string, blame: Blame): Promise<SchemaSource> {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const text = await readText(file, blame);
    this.#bytes += text.length;
    if (this.#files.size > FILES_MAX || this.#bytes > FILE_BYTES_MAX) {
      const limit = `${FILES_MAX} files, or to more than ${FILE_BYTES_MAX / 1024 / 1024} MiB`;
      throw new ConfigError([blame('invalid-schema', `the schema refers to more than ${limit}`)]);
    }
    const { document } = parseJsonSource(file, text, { depthMax: DEPTH_MAX, repeatedKeys: 'error' });
    const read = { schema: plainSchema(document.root.value), document, pointer: '', file, folder: dirname(file) };
    this.#files.set(file, read);
    return read;
  }

  #partOf({ file, fragment }: Target, source: SchemaSource, blame: Blame): Part {
    const pointer = fragment === '' || fragment.startsWith('/') ? fragment : anchored(source.schema, fragment);
    const node = pointer === undefined ? undefined : nodeAt(source.document.root, pointer);
    if (pointer === undefined || node === undefined)
      throw new ConfigError([blame('invalid-schema', `not a JSON Schema: ${file} has nothing at #${fragment}`)]);
    const name = `${basename(file)}${pointer}`.replaceAll(/\W+/g, '_');
    let key = name;
    for (let i = 2; this.#keys.has(key); i++) key = `${name}_${i}`;
    this.#keys.add(key);
    return { source, key, pointer, schema: plainSchema(node.value) };
  }

  /** Undefined: the reference stays as it is. */
  #targetOf(source: SchemaSource, { $ref }: SchemaObject): Target | undefined {
    if (typeof $ref !== 'string' || /^[a-z][a-z0-9+.-]*:/i.test($ref)) return undefined;
    const [path = '', fragment = ''] = $ref.split('#', 2);
    if (path === '')
      return source === this.#root ? undefined : { file: source.file ?? '', fragment: decoded(fragment) };
    if (this.#idsOf(source).some((id) => id === path || id.endsWith(`/${path}`))) return undefined;
    return { file: resolve(source.folder, decoded(path)), fragment: decoded(fragment) };
  }

  #idsOf(source: SchemaSource): readonly string[] {
    const ids = this.#ids.get(source) ?? idsIn(source.schema);
    this.#ids.set(source, ids);
    return ids;
  }

  /** Adapts a schema to the bundle: its references point to their targets there. */
  #moved(source: SchemaSource, schema: unknown): unknown {
    if (!isSchemaObject(schema)) return schema;
    return mapSchemas(schema, (one) => {
      const target = this.#targetOf(source, one);
      if (target === undefined) return one;
      const part = this.#parts.get(nameOf(target));
      return { ...one, $ref: part === undefined ? `#${encodeURI(target.fragment)}` : `#/$defs/${part.key}` };
    });
  }
}

type Blame = (code: string, message: string, hint?: string) => Diagnostic;

function nameOf({ file, fragment }: Target): string {
  return `${file}#${fragment}`;
}

/** Removes a file's own identifiers, which mean nothing within another file, and its anchors, which are no longer referenced. */
function nameless(schema: unknown): unknown {
  if (!isSchemaObject(schema)) return schema;
  return withoutKeywords(
    mapSchemas(schema, (one) => withoutKeywords(one, ['$anchor'])),
    ['$schema', '$id'],
  );
}

function idsIn(schema: unknown): readonly string[] {
  return schemasIn(schema).flatMap(({ schema: { $id } }) => (typeof $id === 'string' ? [$id] : []));
}

/** JSON Pointer to the schema that has an anchor. */
function anchored(schema: unknown, anchor: string): string | undefined {
  return schemasIn(schema).findLast(({ schema: { $anchor } }) => $anchor === anchor)?.pointer;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
