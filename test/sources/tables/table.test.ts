import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { canonicalText, equal, type Json } from 'computo-js';
import { describe, expect, it } from 'vitest';
import { TableError, type OpenTable, type TablePlan } from '../../../src/config/kinds/index.js';
import { parseJson, stringifyJson } from '../../../src/json/index.js';
import { Table, tables } from '../../../src/sources/tables/index.js';
import { hashOf } from '../../../src/sources/tables/row-key.js';
import { scratch } from '../../support/cli.js';
import { runs } from '../../support/runs.js';

const folder = scratch();
let files = 0;

/** A table over a new file with this text. */
function planOf(text: string | Buffer, format: string, changes: Partial<TablePlan> = {}): TablePlan {
  const file = join(folder, `${files++}.${format}`);
  writeFileSync(file, text);
  return { name: 't', file, format, key: 'k', bytesMax: 1e6, ...changes };
}

const open = async (...given: Parameters<typeof planOf>): Promise<OpenTable> => await tables.open(planOf(...given));

const refusal = async (...given: Parameters<typeof planOf>): Promise<string> => {
  const error: unknown = await tables.open(planOf(...given)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TableError);
  return error instanceof TableError ? error.message.replace(/^\d+/, 'F').replace(/ \/\S+\/(\d+)/, ' …') : '';
};

const cell = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\0]/.test(text));
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

describe('a table', () => {
  it('of CSV has each row under the text of its key, and no others', async () => {
    const rows = fc.uniqueArray(fc.record({ k: cell.filter((text) => text !== ''), v: cell }), {
      selector: ({ k }) => k,
    });
    await fc.assert(
      fc.asyncProperty(rows, cell, async (all, other) => {
        const table = await open(`k,v\n${all.map(({ k, v }) => `${quoted(k)},${quoted(v)}\n`).join('')}`, 'csv');
        for (const row of all) expect(table.get(row.k)).toEqual(row);
        if (!all.some(({ k }) => k === other)) expect(table.get(other)).toBeUndefined();
      }),
      { numRuns: runs(60) },
    );
  });

  it('of lines of JSON has each row under its key as a JSON value', async () => {
    const number = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt().map((big) => parseJson(`${big}`)),
    );
    const key = fc.oneof<fc.Arbitrary<Json>[]>(fc.string(), fc.boolean(), number);
    const rows = fc.uniqueArray(fc.record({ k: key, v: fc.jsonValue() as fc.Arbitrary<Json> }), {
      comparator: (a, b) => equal(a.k, b.k),
    });
    await fc.assert(
      fc.asyncProperty(rows, key, async (all, other) => {
        const table = await open(`${all.map((row) => stringifyJson(row)).join('\n')}\n`, 'ndjson');
        for (const row of all) expect(canonicalText(table.get(row.k) ?? null)).toBe(canonicalText(row));
        expect(table.get(other) !== undefined).toBe(all.some(({ k }) => equal(k, other)));
      }),
      { numRuns: runs(60) },
    );
  });

  it('of many rows finds each, also after others took its place in memory', async () => {
    const count = 60_000;
    const line = (n: number): string => `${n},${'x'.repeat(n % 90)}`;
    const table = await open(`k,v\n${Array.from({ length: count }, (_, n) => line(n)).join('\n')}`, 'csv', {
      bytesMax: 1e8,
    });
    for (let n = 0; n < 2 * count; n++) {
      const key = (n * 7919) % count;
      if ((table.get(key) as { v: string }).v.length !== key % 90) throw new Error(`another row for ${key}`);
    }
    expect(table.get(count)).toBeUndefined();
  });

  it('tells keys apart that have the same hash', async () => {
    const byHash = new Map<number, string>();
    let pair: [string, string] | undefined;
    for (let n = 0; pair === undefined; n++) {
      const other = byHash.get(hashOf(`${n}`));
      if (other !== undefined) pair = [other, `${n}`];
      byHash.set(hashOf(`${n}`), `${n}`);
    }
    const [a, b] = pair;
    const table = await open(`k,v\n${a},a\n${b},b\n`, 'csv');
    expect([table.get(a), table.get(b)]).toEqual([
      { k: a, v: 'a' },
      { k: b, v: 'b' },
    ]);
    expect((await open(`k,v\n${a},a\n`, 'csv')).get(b)).toBeUndefined();
  });

  it('is the same over the memory of another, which threads share', async () => {
    const table = await open('k,v\n1,a\n2,b\n', 'csv');
    const { plan, sha256, memory } = table;
    expect(memory.lines.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(memory.slots.buffer).toBeInstanceOf(SharedArrayBuffer);
    const other = new Table(plan, sha256, structuredClone(memory));
    expect(other.get('2')).toEqual({ k: '2', v: 'b' });
    expect(other.shape).toEqual(table.shape);
  });

  it('keeps its rows, whatever becomes of its file', async () => {
    const plan = planOf('k,v\n1,a\n', 'csv');
    const table = await tables.open(plan);
    writeFileSync(plan.file, 'k,v\n1,b\n');
    expect(table.get(1)).toEqual({ k: '1', v: 'a' });
    const next = await tables.open(plan);
    expect(next.get(1)).toEqual({ k: '1', v: 'b' });
    expect(next.sha256).not.toBe(table.sha256);
  });

  it('has the same hash for the same rows, wherever they come from', async () => {
    const text = 'k,v\n1,a\n';
    const packed = planOf(gzipSync(text), 'csv');
    renameSync(packed.file, `${packed.file}.gz`);
    const other = await tables.open({ ...packed, file: `${packed.file}.gz` });
    expect(other.sha256).toBe((await open(text, 'csv')).sha256);
  });

  it('that is being written to is read anew, or refused', async () => {
    const plan = planOf(`k,v\n${Array.from({ length: 50_000 }, (_, n) => `${n},a\n`).join('')}`, 'csv', {
      bytesMax: 1e8,
    });
    let added = 0;
    const timer = setInterval(() => appendFileSync(plan.file, `more-${added++},b\n`));
    const outcome = await tables.open(plan).catch((error: unknown) => error);
    clearInterval(timer);
    expect(added).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ name: 'TableError', message: `${plan.file} is written to while it is read` });
    const table = await tables.open(plan);
    expect(readFileSync(plan.file, 'utf8')).toContain(`more-${added - 1}`);
    expect(table.get(`more-${added - 1}`)).toEqual({ k: `more-${added - 1}`, v: 'b' });
  });
});

describe('a table is refused', () => {
  it.each<[string, string | Buffer, string, string]>([
    ['whose key two rows have', 'k,v\n1,a\n2,b\n1,c\n', 'csv', 'F.csv, line 4: the key "1" is that of line 2, too'],
    [
      'whose key is one number',
      '{"k":1}\n{"k":1.0}\n',
      'ndjson',
      'F.ndjson, line 2: the key "1" is that of line 1, too',
    ],
    ['whose key is one', '[{"k":1},\n\n {"k":1}]', 'json', 'F.json, row 2: the key "1" is that of row 1, too'],
    ['without the column', 'a,b\n1,2\n', 'csv', 'F.csv has no column "k"'],
    ['with an empty key', 'k,v\n,a\n', 'csv', 'F.csv, line 2: "k", the key, is empty'],
    [
      'with a row without key',
      '{"k":1}\n{"v":1}\n',
      'ndjson',
      'F.ndjson, line 2: the row has no "k", which is the key',
    ],
    ['whose key is a list', '{"k":[]}\n', 'ndjson', 'F.ndjson, line 1: "k", the key, is a list'],
    ['whose key is an object', '{"k":{}}\n', 'ndjson', 'F.ndjson, line 1: "k", the key, is an object'],
    ['whose row is a list', '\n["k"]\n', 'ndjson', 'F.ndjson, line 2: a row must be an object'],
    ['whose key is inherited', '{"v":1}\n', 'ndjson', 'F.ndjson, line 1: the row has no "toString", which is the key'],
    ['with a row that is short', 'k,v\n1\n', 'csv', 'F.csv, line 2: the row has 1 field, but the first row names 2'],
    [
      'that is not UTF-8',
      Buffer.from('{"k":"\xff"}\n', 'latin1'),
      'ndjson',
      'F.ndjson, line 1: the row is not valid UTF-8',
    ],
    ['that is not UTF-8', Buffer.from('k\n\xff\n', 'latin1'), 'csv', 'F.csv, line 2: the row is not valid UTF-8'],
    ['with a header twice', 'k,k\n1,2\n', 'csv', 'cannot read …: two of its 2 columns are named "k": rename one'],
    ['that is empty', '', 'csv', 'F.csv is empty'],
    ['that is empty', '', 'ndjson', 'F.ndjson is empty'],
  ])('%s', async (what, text, format, message) => {
    const changes = what.includes('inherited') ? { key: 'toString' } : {};
    expect((await refusal(text, format, changes)).replace(/…\.\w+/, '…')).toBe(message);
  });

  it('where a row is not JSON, with the place', async () => {
    expect(await refusal('{"k":1}\n{"k":\n', 'ndjson')).toMatch(/^F\.ndjson, line 2: the row is not valid JSON: /);
  });

  it('when it is larger than its limit, as a file or as lines of JSON, and not when it is as large', async () => {
    const text = '{"k":1}\n{"k":2}';
    expect(await refusal(text, 'ndjson', { bytesMax: text.length - 1 })).toContain('the limit of a table is 14');
    await expect(open(text, 'ndjson', { bytesMax: text.length })).resolves.toBeInstanceOf(Table);
    const short = `k,${'x'.repeat(100)}\n${Array.from({ length: 50 }, (_, n) => `${n},\n`).join('')}`;
    expect(await refusal(short, 'csv', { bytesMax: 500 })).toBe(
      'the rows of F.csv take more than 500 bytes as lines of JSON (max_bytes)'.replace('F', `${files - 1}`),
    );
  });

  it('when it has a row that is too long', async () => {
    const long = `{"k":"${'x'.repeat(17 * 2 ** 20)}"}\n`;
    expect(await refusal(long, 'ndjson', { bytesMax: 1e9 })).toContain('too many for a row of a table');
  });

  it('when its file is missing, a folder, or a pipe, which it would wait for', async () => {
    const plan = planOf('', 'csv');
    await expect(tables.open({ ...plan, file: join(folder, 'none.csv') })).rejects.toMatchObject({ kind: 'missing' });
    await expect(tables.open({ ...plan, file: folder })).rejects.toMatchObject({ kind: 'broken' });
    const pipe = join(folder, 'pipe.csv');
    execFileSync('mkfifo', [pipe]);
    await expect(tables.open({ ...plan, file: pipe })).rejects.toThrow('pipe.csv is not a regular file');
  });
});

it('formats are told by the ends of names', () => {
  const names = ['a.csv', 'a.CSV.gz', 'a.tsv', 'a.ndjson', 'a.jsonl.gz', 'a.json', 'a.txt', 'csv', '.csv'];
  expect(names.map((name) => tables.formatOf(name))).toEqual([
    'csv',
    'csv',
    'tsv',
    'ndjson',
    'ndjson',
    'json',
    undefined,
    undefined,
    undefined,
  ]);
});
