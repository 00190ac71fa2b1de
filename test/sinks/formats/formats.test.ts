import { spawnSync } from 'node:child_process';
import type { Json } from 'computo-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProgram, loadCommands } from '../../../src/cli/program.js';
import {
  fileHead,
  formatProblem,
  headerOf,
  OUTPUT_FORMATS,
  outputFormat,
  rowWriter,
  type TableFormat,
} from '../../../src/sinks/formats/index.js';
import { INPUT_FORMATS } from '../../../src/sources/formats/index.js';
import { stringifyJson } from '../../../src/json/index.js';
import { guide } from '../../support/guides.js';

/** What is hard to write and to read. */
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'ü',
    '😀',
    ',',
    ';',
    '"',
    '\n',
    '\r',
    '\\',
    '\t',
    ' ',
    '\u0000',
    '\u0001',
    '\ufeff',
    't',
    'n',
  ),
  maxLength: 6,
});

const tables = fc
  .record({
    columns: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
    rows: fc.array(fc.array(text, { minLength: 4, maxLength: 4 }), { maxLength: 6 }),
  })
  .map(({ columns, rows }) => ({ columns, rows: rows.map((row) => row.slice(0, columns.length)) }));

function table(name: string): TableFormat {
  const format = outputFormat({ format: name });
  if (format?.kind !== 'table') throw new Error(`${name} is not a table`);
  return format;
}

function written(name: string, columns: readonly string[], events: readonly Json[]): string {
  const write = rowWriter(table(name), columns);
  return headerOf(table(name), columns).toString() + events.map((data) => `${write(data)}\n`).join('');
}

/** The events that `--in` makes of a text. */
function read(name: string, content: string): unknown[] {
  const decoder = INPUT_FORMATS.find((one) => one.name === name)?.open({ source: 'in', recordBytesMax: 1 << 20 });
  const bytes = Buffer.concat([
    decoder?.decode(Buffer.from(content)) ?? Buffer.alloc(0),
    decoder?.end() ?? Buffer.alloc(0),
  ]);
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as unknown);
}

const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
if (!HAS_PYTHON) console.warn('python3 is not there: what we write is not read with its csv module');

/** Reads texts of CSV, and gives the rows of each. */
const READ_CSV = `
import csv, io, json, sys
csv.field_size_limit(10**9)
print(json.dumps([list(csv.reader(io.StringIO(text, newline=''), strict=True)) for text in json.load(sys.stdin)]))
`;

describe('the output formats', () => {
  it('stand in the help of --out, and in the guide to inputs and outputs', async () => {
    const help =
      buildProgram(await loadCommands())
        .commands.find((one) => one.name() === 'run')
        ?.helpInformation() ?? '';
    const text = guide('files');
    for (const { name } of OUTPUT_FORMATS) {
      expect(help).toMatch(new RegExp(`--out <format>[^-]*\\b${name}\\b`));
      expect(text).toMatch(new RegExp(`^\\| \`--out ${name}\` `, 'm'));
    }
  });

  it.each(['csv', 'tsv'])('%s is read back as it was written, by --in', (name) => {
    fc.assert(
      fc.property(tables, ({ columns, rows }) => {
        fc.pre(formatProblem({ format: name, columns, envelope: false }) === undefined);
        // A line of TSV cannot say that its only cell is empty.
        const lines = rows.filter((row) => name === 'csv' || row.length > 1 || row[0] !== '');
        const events = lines.map((row) => Object.fromEntries(row.map((cell, at) => [columns[at] ?? '', cell])));
        const back = read(name, written(name, columns, events)) as Record<string, string>[];
        expect(back.map((event) => columns.map((column) => event[column]))).toEqual(lines);
        for (const event of back) expect(Object.keys(event).sort()).toEqual([...columns].sort());
      }),
      { numRuns: 500 },
    );
  });

  it.skipIf(!HAS_PYTHON)("csv is read by Python's csv module as it was written", () => {
    // Before 3.11 it reads no NUL.
    const samples = fc.sample(tables, 300).filter((one) => !JSON.stringify(one).includes('\\u0000'));
    const texts = samples.map(({ columns, rows }) => {
      const events = rows.map((row) => Object.fromEntries(row.map((cell, at) => [columns[at] ?? '', cell])));
      return written('csv', columns, events);
    });
    const { stdout, stderr } = spawnSync('python3', ['-c', READ_CSV], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(samples.map(({ columns, rows }) => [columns, ...rows]));
  });

  it('write what is not a text as JSON, null and a missing key as nothing', () => {
    const events: Json[] = [{ b: [1, { x: 'y, "z"' }], a: 1.5 }, { a: null }, { b: false, a: 12345678901234567890n }];
    expect(written('csv', ['a', 'b'], events)).toBe(
      'a,b\n1.5,"[1,{""x"":""y, \\""z\\""""}]"\n,\n12345678901234567890,false\n',
    );
    expect(written('tsv', ['b', 'a'], [{ a: ['\t', '\\'] }])).toBe('b\ta\n\t["\\\\t","\\\\\\\\"]\n');
  });

  it('take a key for data, whatever it is called', () => {
    const columns = ['__proto__', 'constructor', 'toString'];
    const events = [JSON.parse('{"__proto__":"p"}') as Json, { toString: 't' }, {}];
    expect(written('csv', columns, events)).toBe(`${columns.join(',')}\np,,\n,,t\n,,\n`);
  });

  it('refuse a key that is not a column, and data that is not an object', () => {
    const write = rowWriter(table('csv'), ['a', 'b']);
    expect(() => write({ a: 1, c: 2 })).toThrow('the key "c" is not a column: the columns are a, b');
    expect(() => write({ constructor: 1 })).toThrow('the key "constructor" is not a column');
    for (const [data, kind] of [
      ['x', 'a text'],
      [[1], 'an array'],
      [null, 'null'],
      [true, 'a boolean'],
      [1n, 'a number'],
    ] as const) {
      expect(() => write(data)).toThrow(`a row of csv needs an object, got ${kind}`);
    }
    expect(write({ b: 2 })).toBe(',2');
  });

  it('leave nothing of a row that failed in the next one', () => {
    const write = rowWriter(table('csv'), ['a', 'b']);
    expect(() => write({ a: 'old', c: 1 })).toThrow();
    expect(write({ b: 'new' })).toBe(',new');
  });

  it('never write an empty line for a row', () => {
    expect(rowWriter(table('csv'), ['a'])({ a: null })).toBe('""');
    expect(() => rowWriter(table('tsv'), ['a'])({ a: '' })).toThrow('readers skip: write csv');
  });

  it('refuse columns that cannot be read back', () => {
    const problem = (format: string, columns: readonly string[]): string | undefined =>
      formatProblem({ format, columns, envelope: false })?.message;
    expect(problem('csv', ['a', 'b', 'a'])).toBe('two columns are named "a"');
    expect(problem('csv', [])).toBe('a table needs at least one column');
    expect(problem('tsv', [''])).toContain('one column without a name');
    expect(problem('tsv', ['\ufeffa', 'b'])).toContain('byte order mark');
    expect(problem('csv', ['\ufeffa', ''])).toBeUndefined();
    expect(problem('text', ['a'])).toBe('only csv and tsv have columns');
    expect(formatProblem({ format: 'csv', envelope: true })?.key).toBe('envelope');
  });

  it('begin a file with the header, where its columns are known', () => {
    expect(Buffer.from(fileHead({ format: 'csv', columns: ['a', 'b,c'] })?.bytes ?? []).toString()).toBe('a,"b,c"\n');
    expect(fileHead({ format: 'csv' })).toBeUndefined();
    expect(fileHead({ format: 'text' })).toBeUndefined();
    expect(fileHead({})).toBeUndefined();
  });

  it('text is a text without quotes, and all else as JSON', () => {
    const format = outputFormat({ format: 'text' });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const data = value as Json;
        const expected = typeof data === 'string' ? data : stringifyJson(data);
        expect(format?.kind === 'text' && format.line(data)).toBe(expected);
      }),
    );
  });
});
