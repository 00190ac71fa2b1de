import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { recognize } from '../../../src/sources/formats/recognize.js';

describe('an input that is not lines of JSON', () => {
  it.each([
    ['{"a":1}\n{"a":2}\n', undefined],
    ['\n\n42\n', undefined],
    ['', undefined],
    [`{"a":"${'x'.repeat(5000)}`, undefined],
    ['[\n  {"a": 1},\n', 'its values span several lines: read it with --in json'],
    ['{\n  "a": 1\n}\n', 'its values span several lines: read it with --in json'],
    ['{"a":1}{"a":2}\n', 'its values follow one another: read it with --in json'],
    ['\u001e{"a":1}\n', 'its values are separated by RS characters: read it with --in json'],
    ['id,name\n1,Ada\n', 'it looks like CSV: read it with --in csv'],
    ['id\tname\n1\tAda\n', 'it looks like TSV: read it with --in tsv'],
    ['hello world\n', 'its lines are not JSON: if they are plain text, read it with --in text'],
  ])('is told from %j', (text, words) => {
    expect(recognize(Buffer.from(text))).toBe(words);
  });

  it('is told from its first bytes where it is compressed or UTF-16', () => {
    expect(recognize(gzipSync('{"a":1}\n'))).toBe('it is compressed with gzip: pipe it through gzip -dc');
    expect(recognize(Buffer.from('{"a":1}\n', 'utf16le'))).toMatch(/^it is UTF-16/);
    expect(recognize(Buffer.from('\ufeff{"a":1}\n', 'utf16le'))).toMatch(/^it is UTF-16/);
  });
});
