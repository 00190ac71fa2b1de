import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../src/config/answer-schema/index.js';
import { loadSchema } from '../../../src/config/plan/schema-file.js';
import { parseJsonSource } from '../../../src/config/source/index.js';
import { folderWith } from '../folder.js';

/** What becomes of the schema at `./schemas/root.json`, or of one in the config. */
async function load(files: Readonly<Record<string, string>>, schema: unknown = './schemas/root.json') {
  const folder = await folderWith(files);
  const text = JSON.stringify({ schema });
  const { document } = parseJsonSource(join(folder, 'colloquium.json'), text, { depthMax: 100, repeatedKeys: 'error' });
  const value = document.root.entries?.get('schema')?.node.value ?? null;
  const loaded = await loadSchema(document, { directory: folder, home: folder }, value, '/schema');
  if ('schema' in loaded) return { schema: loaded.schema, findings: [] };
  const findings = loaded.map(({ file, line, column, code, message }) =>
    `${file}:${line}:${column} ${code} ${message}`.replaceAll(`${folder}/`, ''),
  );
  return { schema: undefined, findings };
}

async function differs(schema: unknown, value: unknown): Promise<boolean> {
  const compiled = await compileSchema(schema);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.validate(value).length > 0;
}

describe('a schema that refers to other files', () => {
  it('is one with them, wherever they lie, also in circles', async () => {
    const { schema, findings } = await load({
      'schemas/root.json': `{
        "$id": "https://x.org/root", "type": "object",
        "properties": {
          "a": { "$ref": "parts/tree.json" }, "b": { "$ref": "./parts/tree.json#/$defs/leaf" }, "c": { "$ref": "named" },
          "$ref": { "const": { "$ref": "nowhere.json" } }, "e": { "$ref": "../tree.json" }
        },
        "$defs": { "tree.json": { "$id": "named", "type": "null" } }
      }`,
      'schemas/parts/tree.json': `{
        "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://x.org/root", // the same name
        "anyOf": [{ "$ref": "#/$defs/leaf" }, { "type": "array", "items": { "$ref": "#" } }, { "$ref": "../root.json" }],
        "$defs": { "leaf": { "$ref": "leaf%20s.json#/a~1b" } }
      }`,
      'schemas/parts/leaf s.json': '{ "a/b": { "type": "integer" } }',
      'tree.json': 'true',
    });
    expect(findings).toEqual([]);
    for (const value of [
      { a: [[1], 2] },
      { a: { a: 3 } },
      { b: 1, c: null, e: 'x' },
      { $ref: { $ref: 'nowhere.json' } },
    ])
      expect(await differs(schema, value), JSON.stringify(value)).toBe(false);
    for (const value of [{ a: ['x'] }, { a: { a: 'x' } }, { b: [] }, { c: 1 }, { $ref: 1 }])
      expect(await differs(schema, value), JSON.stringify(value)).toBe(true);
  });

  it('may stand in the config itself', async () => {
    const { schema } = await load({ 'a.json': '{"enum":[1]}' }, { items: { $ref: 'a.json' } });
    expect(await differs(schema, [1])).toBe(false);
    expect(await differs(schema, [2])).toBe(true);
  });

  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    [
      'is not there',
      { 'schemas/root.json': '{\n"items": { "$ref": "b.json" } }' },
      'schemas/root.json:2:20 file-not-found no file schemas/b.json',
    ],
    [
      'is not JSON',
      { 'schemas/root.json': '{"$ref":"b.json"}', 'schemas/b.json': '{' },
      'schemas/b.json:1:2 syntax-error',
    ],
    [
      'is wrong',
      { 'schemas/root.json': '{"$ref":"b.json"}', 'schemas/b.json': '{"items":{"type":"strin"}}' },
      'schemas/b.json:1:18 invalid-schema not a JSON Schema: must be one of array, boolean, integer, null, number, object, string',
    ],
    [
      'lacks what is meant',
      { 'schemas/root.json': '{"$ref":"b.json#/a"}', 'schemas/b.json': '{}' },
      'schemas/root.json:1:9 invalid-schema not a JSON Schema: schemas/b.json has nothing at #/a',
    ],
    [
      'is elsewhere in the world',
      { 'schemas/root.json': '{"$ref":"https://x.org/b.json"}' },
      "schemas/root.json:1:9 invalid-schema not a JSON Schema: can't resolve reference https://x.org/b.json",
    ],
    [
      'has a regular expression of another language',
      { 'schemas/root.json': '{"$ref":"b.json"}', 'schemas/b.json': '{"pattern":"(?i)a"}' },
      'schemas/b.json:1:12 invalid-schema not a JSON Schema: Invalid regular expression: /(?i)a/',
    ],
    [
      'is one of too many',
      Object.fromEntries(
        Array.from({ length: 102 }, (_, i) => [
          i === 0 ? 'schemas/root.json' : `schemas/${i}.json`,
          `{"$ref":"${i + 1}.json"}`,
        ]),
      ),
      'schemas/100.json:1:9 invalid-schema the schema refers to more than 100 files',
    ],
  ])('is refused, at the place, when one %s', async (_, files, finding) => {
    const { findings } = await load(files);
    expect(findings).toEqual([expect.stringContaining(finding)]);
  });

  it('has each thing that it refers to by itself, as providers take it', async () => {
    const { schema } = await load({
      'schemas/root.json': '{"$ref":"b.json#/list/0","$defs":{"b_json_list_0":true}}',
      'schemas/b.json':
        '{"list":[{"items":{"$ref":"#named"}}],"$defs":{"c":{"$anchor":"named","$ref":"#/$defs/d"},"d":{"const":1}}}',
    });
    expect(schema).toEqual({
      $ref: '#/$defs/b_json_list_0_2',
      $defs: {
        b_json_list_0: true,
        b_json_list_0_2: { items: { $ref: '#/$defs/b_json_defs_c' } },
        b_json_defs_c: { $ref: '#/$defs/b_json_defs_d' },
        b_json_defs_d: { const: 1 },
      },
    });
  });

  it('has its numbers as JavaScript has them', async () => {
    const { schema } = await load({ 'schemas/root.json': '{"maximum":12345678901234567890}' });
    expect(schema).toEqual({ maximum: 12345678901234567890 });
  });
});
