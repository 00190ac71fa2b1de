import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, compile, ComputoError, execute, inferShape, objectShape, scalarShape, type Json } from 'computo-js';
import { runs } from '../../support/runs.js';
import { tablesOf } from '../tables-of.js';

const ROWS = { users: { '7': { id: '7', name: 'Ada' } }, plans: { pro: { id: 'pro' } } };
const TABLES = tablesOf(ROWS);

describe('table.get', () => {
  it('gives the row that the table gives, and null where it gives none', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>), fc.string(), (rows, other) => {
        const known = new Map(Object.entries(rows));
        const program = compile(['table.get', 't', ['$input']], { tables: tablesOf({ t: rows }) });
        for (const key of [...known.keys(), other]) expect(program.run([key])).toEqual(known.get(key) ?? null);
      }),
      { numRuns: runs(50) },
    );
  });

  it('knows no other tables, and says so before it runs', () => {
    for (const [tables, name, hint] of [
      [TABLES, 'user', 'Did you mean "users"?'],
      [TABLES, 'orders', 'The tables are "users", "plans".'],
      [TABLES, 'toString', 'The tables are "users", "plans".'],
      [{}, 'users', 'Add it: tables: { users: { file: ./users.csv, key: id } }.'],
    ] as const) {
      const script = ['table.get', name, 1];
      expect(check(script, { tables })).toMatchObject([
        { code: 'unknown-table', severity: 'error', path: '/1', message: `no table is named "${name}"`, hint },
      ]);
      expect(() => execute(script, [], { tables })).toThrow(ComputoError);
      expect(() => execute(script, [], { tables })).toThrow(hint);
    }
  });

  it('lets no data choose a table', () => {
    const script = ['table.get', ['$input'], 1];
    expect(() => execute(script, ['users'], { tables: TABLES })).toThrow('no data may choose a table');
    expect(check(script, { tables: TABLES })).toMatchObject([{ code: 'table-name', path: '/1' }]);
  });

  it('charges for the rows that it gives, so that a script cannot hold more than its limit', () => {
    const row = { text: 'x'.repeat(1000) };
    const script: Json = ['map', ['list.range', 1000], ['lambda', ['n'], ['table.get', 't', 'a']]];
    const run = (outputSize: number): Json =>
      execute(script, [], { tables: tablesOf({ t: { a: row } }), limits: { outputSize } });
    expect(run(2_000_000)).toHaveLength(1000);
    expect(() => run(500_000)).toThrow('builds more than 500000');
  });

  it('has the shape of the rows, or null', () => {
    const shape = objectShape(new Map([['name', { shape: scalarShape('string'), optional: false }]]), false);
    const inferred = (script: Json) => inferShape(script, { inputs: [], tables: { users: { shape } } });
    expect(inferred(['table.get', 'users', 1]).shape).toEqual({ ...shape, scalars: new Set(['null']) });
    expect(inferred(['table.get', 'others', 1]).shape.any).toBe(true);
    const read = ['let', [['row', ['table.get', 'users', 1]]], ['$', '/row/nme']];
    expect(inferred(read).misses).toMatchObject([{ pointer: '/nme', length: 0 }]);
  });
});
