import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProgram, loadCommands } from '../../../src/cli/program.js';
import { guide } from '../../support/guides.js';
import {
  INPUT_FORMATS,
  isBroken,
  joinedText,
  readBroken,
  type InputFormat,
} from '../../../src/sources/formats/index.js';

const MAX = 1000;

/** Decodes bytes that come in chunks. @param sizes of the chunks, the last of which takes the rest */
function decode(
  name: string | InputFormat,
  input: string | Buffer,
  sizes: readonly number[] = [],
  recordBytesMax = MAX,
): string[] {
  const format = typeof name === 'string' ? (INPUT_FORMATS.find((one) => one.name === name) as InputFormat) : name;
  const decoder = format.open({ source: `in.${format.name}`, recordBytesMax });
  const bytes = Buffer.from(input as string);
  const out: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, Infinity]) {
    out.push(decoder.decode(Buffer.from(bytes.subarray(at, at + size))));
    at += size;
    if (at >= bytes.length) break;
  }
  out.push(decoder.end());
  const text = Buffer.concat(out).toString('utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1).map(shown);
}

function shown(line: string): string {
  if (!isBroken(line)) return line;
  const { kind, message, bytes } = readBroken(line);
  return `${kind}: ${message}: ${bytes.toString('utf8')}`;
}

describe('the formats', () => {
  it('stand in the help of --in, and in the guide to inputs and outputs with the endings of their files', async () => {
    const help =
      buildProgram(await loadCommands())
        .commands.find((one) => one.name() === 'run')
        ?.helpInformation() ?? '';
    const text = guide('files');
    for (const { name, extensions } of INPUT_FORMATS) {
      expect(help).toMatch(new RegExp(`--in <format>[^-]*\\b${name}\\b`));
      expect(text).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
      for (const extension of extensions) expect(text).toContain(`\`${extension}\``);
    }
  });
});

describe('csv', () => {
  it('names fields by the first row, and takes all values as text', () => {
    expect(decode('csv', 'id,name\n1,Ada\n2,\n')).toEqual(['', '{"id":"1","name":"Ada"}', '{"id":"2","name":""}']);
  });

  it('keeps the numbers of the lines: a row with line breaks takes several, and an empty one has no event', () => {
    expect(decode('csv', 'a,b\r\n"x\r\ny",1\r\n\r\n2,3')).toEqual([
      '',
      '{"a":"x\\r\\ny","b":"1"}',
      '',
      '',
      '{"a":"2","b":"3"}',
    ]);
  });

  it('takes quotes where they belong, and as they stand elsewhere', () => {
    expect(decode('csv', 'a,b\n"say ""hi"", you",5" pipe\n"",""\n')).toEqual([
      '',
      '{"a":"say \\"hi\\", you","b":"5\\" pipe"}',
      '{"a":"","b":""}',
    ]);
  });

  it('breaks one row for a quote that nobody closes, and goes on behind its first line', () => {
    expect(decode('csv', 'a,b\n1,"x\n2,y\n3,z\n')).toEqual([
      '',
      'invalid_row: the opening quote of a field is never closed: 1,"x',
      '{"a":"2","b":"y"}',
      '{"a":"3","b":"z"}',
    ]);
  });

  it('breaks a row with text behind a quoted field, or with another number of fields', () => {
    expect(decode('csv', 'a,b\n"1"x,2\n1\n1,2,3\n4,5\n')).toEqual([
      '',
      'invalid_row: text follows the closing quote of a field: "1"x,2',
      'invalid_row: the row has 1 field, but the first row names 2: 1',
      'invalid_row: the row has 3 fields, but the first row names 2: 1,2,3',
      '{"a":"4","b":"5"}',
    ]);
  });

  it('refuses an input that names two columns alike', () => {
    expect(() => decode('csv', 'a,b,a\n1,2,3\n')).toThrow(
      'cannot read in.csv: two of its 3 columns are named "a": rename one',
    );
  });

  it('refuses an input whose first row cannot name the fields: no other row may take its place', () => {
    const refused = (input: string | Buffer): string => {
      try {
        decode('csv', input);
        return 'read';
      } catch (error) {
        return String(error);
      }
    };
    const unreadable = 'cannot read in.csv: its first row, which names the fields, cannot be read:';
    expect(refused('"a"x,b\n1,2\n')).toContain(`${unreadable} text follows`);
    expect(refused(Buffer.from('caf\u00e9,b\n1,2\n', 'latin1'))).toContain(`${unreadable} it is not valid UTF-8`);
    expect(refused(Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'))).toContain(`${unreadable} it is UTF-16`);
    expect(refused(`${'x'.repeat(2000)}\n1\n`)).toContain(`${unreadable} the row has 2000 bytes`);
    expect(refused('a,b\r1,2\r')).toContain('its lines end in CR alone');
  });

  it('keeps the bytes of a row that is not valid UTF-8, and reads the others, however they are cut', () => {
    const bytes = Buffer.from('a,b\n1,caf\u00e9\n2,ok\n', 'latin1');
    for (const sizes of [[], [3, 4, 2, 1, 1]]) {
      expect(decode('csv', bytes, sizes).map((line) => line.slice(0, 13))).toEqual(
        ['', 'invalid_utf8:', '{"a":"2","b":'].map((line) => line.slice(0, 13)),
      );
    }
    expect(decode('csv', 'a\n\u00e9\u20ac\u{1f600}\n', [3, 1, 1, 1, 1, 1, 1])).toEqual([
      '',
      '{"a":"\u00e9\u20ac\u{1f600}"}',
    ]);
  });

  it('takes as many columns as there are, in time that grows with them', () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `c${index}`).join(',');
    const [, row = ''] = decode('csv', `${names}\n${names}\n`, [], 1e6);
    expect(Object.keys(JSON.parse(row) as object)).toHaveLength(50_000);
  });

  it('reads past a row over the limit, quoted or not', () => {
    const long = 'x'.repeat(50);
    expect(
      decode('csv', `a,b\n${long},1\n"${long}\n",2\n3,4\n`, [7, 20, 20], 40).map((line) => line.slice(0, 34)),
    ).toEqual(
      ['', 'line_too_long: the row has 52 bytes', 'line_too_long: the row has 55 bytes', '', '{"a":"3","b":"4"}'].map(
        (line) => line.slice(0, 34),
      ),
    );
  });

  it('reads past a broken row over the limit to its newline, and goes on there', () => {
    const input = `a\n"x"y${'z'.repeat(60)}"\n1\n`;
    for (const sizes of [[], [9, 9, 9, 9], [4, 1, 50, 9]]) {
      const lines = decode('csv', input, sizes, 20).map((line) => line.slice(0, 15));
      expect(lines).toEqual(['', 'line_too_long: ', '{"a":"1"}']);
    }
  });

  it('drops a byte order mark, whatever the chunks', () => {
    expect(decode('csv', '\ufeffa\n1\n', [1, 1, 1])).toEqual(['', '{"a":"1"}']);
  });

  it('gives back what was written, whatever the chunks', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'ü', ',', '"', '\n', '\r', '\\', '\t', '\u0001', ' ') });
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 6 }));
    fc.assert(
      fc.property(table, fc.array(fc.integer({ min: 1, max: 9 })), fc.boolean(), (rows, sizes, crlf) => {
        const names = (rows[0] ?? ['']).map((_, index) => `c${index}`);
        const quoted = (text: string): string =>
          /[",\n\r]/.test(text) || names.length === 1 ? `"${text.replaceAll('"', '""')}"` : text;
        const text = [names, ...rows].map((row) => row.map(quoted).join(',')).join(crlf ? '\r\n' : '\n');
        const read = decode('csv', text, sizes, 10_000).filter((line) => line !== '');
        expect(read.map((line) => Object.values(JSON.parse(line) as Record<string, string>))).toEqual(rows);
      }),
    );
  });

  it('gives every line once, broken or not, whatever stands in it and however it is cut', () => {
    const input = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r') });
    fc.assert(
      fc.property(input, fc.array(fc.integer({ min: 1, max: 5 })), (rows, sizes) => {
        const text = `x,y\n${rows}`;
        expect(decode('csv', text, sizes)).toEqual(decode('csv', text));
        const lines = text.replace(/\n$/, '').split('\n').length;
        expect(decode('csv', text)).toHaveLength(lines);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('tsv', () => {
  it('takes escapes, and any other backslash as it is', () => {
    expect(decode('tsv', 'a\tb\n1\\t2\t\\n\\\\n\nC:\\x\t"\n')).toEqual([
      '',
      '{"a":"1\\t2","b":"\\n\\\\n"}',
      '{"a":"C:\\\\x","b":"\\""}',
    ]);
  });
});

describe('text', () => {
  it('makes a text of every line, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer({ min: 1, max: 5 })), (input, sizes) => {
        const lines = input
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => line.replace(/\r$/, ''));
        fc.pre(!input.startsWith('\ufeff'));
        expect(decode('text', input, sizes).map((line) => JSON.parse(line) as string)).toEqual(
          input === '' ? [] : lines,
        );
      }),
    );
  });
});

describe('json', () => {
  it('takes values in any layout', () => {
    expect(decode('json', '{\n  "a": 1\n}\n{"a":2}{"a":3} 4 "x""y"true\u001e[5,\n{"b": [6]}\n, "]" ] null')).toEqual([
      '{   "a": 1 }',
      '{"a":2}',
      '{"a":3}',
      '4',
      '"x"',
      '"y"',
      'true',
      '5',
      '{"b": [6]} ',
      '"]" ',
      'null',
    ]);
  });

  it('breaks what is missing in a list, one event each', () => {
    expect(decode('json', '[1,,2,]')).toEqual([
      '1',
      'invalid_json: an element is missing before a comma: ',
      '2',
      'invalid_json: an element is missing after the last comma: ',
    ]);
    expect(decode('json', '[1 2, 3').slice(-2)).toEqual([
      '1 2',
      'invalid_json: the input ends within its top-level list: 3',
    ]);
  });

  it('gives a text with a line break in it as broken, not as another text', () => {
    expect(decode('json', '{"a":"x\ny"} 1')).toEqual([
      'invalid_json: a string contains a line break: {"a":"x\ny"}',
      '1',
    ]);
  });

  it('takes no other white space than JSON has, and no NUL as the start of a value', () => {
    expect(decode('json', '\v1 \0{"a":1} [2,\0 3]').map((line) => line.slice(0, 40))).toEqual([
      '\v1',
      'invalid_json: a value cannot begin with a NUL byte: \0'.slice(0, 40),
      '{"a":1}',
      '2',
      'invalid_json: a value cannot begin with a NUL byte: \0 3'.slice(0, 40),
    ]);
  });

  it('gives what was written, in any layout, whatever the chunks', () => {
    const value = fc.jsonValue();
    fc.assert(
      fc.property(
        fc.array(value),
        fc.boolean(),
        fc.constantFrom(0, 1, 2),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (values, list, indent, sizes) => {
          const open = values.filter((one) => list || !Array.isArray(one));
          const text = list
            ? JSON.stringify(open, undefined, indent)
            : open.map((one) => JSON.stringify(one, undefined, indent)).join(' ');
          expect(decode('json', text, sizes, 1e6).map((line) => JSON.parse(line) as unknown)).toEqual(
            open.map((one) => JSON.parse(JSON.stringify(one)) as unknown),
          );
        },
      ),
    );
  });

  it('reads past a value over the limit', () => {
    expect(decode('json', `[{"a":"${'x'.repeat(60)}"},2]`, [9, 9, 9], 30).map((line) => line.slice(0, 33))).toEqual(
      ['line_too_long: the value has 68 b', '2'].map((line) => line.slice(0, 33)),
    );
  });
});

describe('text of several lines', () => {
  const entries = joinedText((line) => /^\S/.test(line));

  it('begins at the lines that match, and the first line begins one whatever it is', () => {
    expect(decode(entries, ' old\nnew\r\n  at "x"\r\n\nlast')).toEqual([
      '" old"',
      '"new\\n  at \\"x\\"\\n"',
      '',
      '',
      '"last"',
    ]);
    expect(decode(entries, '')).toEqual([]);
    expect(decode(entries, '\n')).toEqual(['""']);
  });

  it('is what its lines are, joined, however it is cut', () => {
    const input = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r\n', 'ü', '"') });
    fc.assert(
      fc.property(input, fc.array(fc.integer({ min: 1, max: 5 })), (text, sizes) => {
        const lines = text.split('\n').map((line, at, all) => (at < all.length - 1 ? line.replace(/\r$/, '') : line));
        if (lines.at(-1) === '') lines.pop();
        const last = lines.length - 1;
        const records: string[] = [];
        for (const [at, line] of lines.entries()) {
          // The last line may end in a return that no newline follows.
          const clean = at === last ? line.replace(/\r$/, '') : line;
          if (at === 0 || /^\S/.test(clean)) records.push(clean);
          else records[records.length - 1] = `${records.at(-1) ?? ''}\n${clean}`;
        }
        const read = decode(entries, text, sizes, 10_000);
        expect(read.filter((line) => line !== '')).toEqual(records.map((record) => JSON.stringify(record)));
        // Lines keep their numbers.
        expect(read).toHaveLength(lines.length);
      }),
      { numRuns: 300 },
    );
  });

  it('breaks a record over the limit at once, remembers nothing of the rest, and goes on with the next', () => {
    const input = `a\n ${'x'.repeat(30)}\n y\n\n z\nb\n c\n${'d'.repeat(50)}\n e\nf\n`;
    for (const sizes of [[], [7, 7, 7, 7, 7, 7], [1, 40, 1, 1]]) {
      const lines = decode(entries, input, sizes, 20);
      expect(lines.map((line) => line.slice(0, 49))).toEqual(
        [
          'line_too_long: the record has more than 20 bytes ',
          '',
          '',
          '',
          '',
          '"b\\n c"',
          '',
          'line_too_long: the record has more than 20 bytes ',
          '',
          '"f"',
        ].map((line) => line.slice(0, 49)),
      );
      expect(lines[0]).toMatch(/check whether --start matches the lines that begin one: a\n x+$/);
    }
  });

  it('breaks a record with a line that is not valid UTF-8, all of it', () => {
    const input = Buffer.from('a\n caf\u00e9\n b\nc\n', 'latin1');
    for (const sizes of [[], [3, 2, 1, 1, 1, 1]]) {
      const lines = decode(entries, input, sizes);
      expect(lines.map((line) => line.slice(0, 12))).toEqual(['invalid_utf8', '', '', '"c"']);
      expect(lines[0]).toContain('a\n caf');
      expect(lines[0]?.endsWith('\n b')).toBe(true);
    }
  });
});
