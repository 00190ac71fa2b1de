import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { nodeAt, parseJsonSource, textOffsets, type SourceDocument } from '../../../src/config/source/index.js';
import { parseYamlSource } from '../../../src/config/source/yaml.js';
import { runs } from '../../support/runs.js';

/** For each character of the text under `s`, white space left out: itself, and `line:column` of where it is written. */
function placesIn(document: SourceDocument): readonly (readonly [string, string])[] {
  const { text = '', root } = document;
  const node = nodeAt(root, '/s');
  const value = typeof node?.value === 'string' ? node.value : '';
  const offsets = node && textOffsets(text, node.written ?? node, value);
  if (offsets === undefined) throw new Error('no places');
  const before = (offset: number): string[] => text.slice(0, offset).split('\n');
  return [...value.matchAll(/\S/gu)].map(({ 0: character, index }) => {
    const lines = before(offsets[index] ?? 0);
    return [character, `${lines.length}:${(lines.at(-1) ?? '').length + 1}`] as const;
  });
}

const yaml = (text: string): SourceDocument => parseYamlSource('a.yaml', text, 10).document;
const said = (text: string): string =>
  placesIn(yaml(text))
    .map((pair) => pair.join('@'))
    .join(' ');

describe('the places of a text in a config', () => {
  it.each([
    ['a plain scalar', 's: ab c\n', 'a@1:4 b@1:5 c@1:7'],
    ['a plain scalar over lines', 's: a\n  b\n\n  c\n', 'a@1:4 b@2:3 c@4:3'],
    ['single quotes', "s: 'it''s\n   b'\n", "i@1:5 t@1:6 '@1:7 s@1:9 b@2:4"],
    ['double quotes', 's: "\\"a\\u0062\\n  c \\\n   d"\n', '"@1:5 a@1:7 b@1:8 c@1:18 d@2:4'],
    ['a block', 's: |\n  a\n    b\n\n  c\n', 'a@2:3 b@3:5 c@5:3'],
    ['a block with a comment and a number at its head', 's: |2- # so\n    a\n   b\n', 'a@2:5 b@3:4'],
    ['a folded block', 's: >\n  a\n  b\n\n  c\n    d\n', 'a@2:3 b@3:3 c@5:3 d@6:5'],
    ['line ends of two characters', 's: |\r\n  a\r\n  b\r\n', 'a@2:3 b@3:3'],
    ['an alias', 'a: &x |\n  a b\ns: *x\n', 'a@2:3 b@2:5'],
    ['a tag and an anchor', 's: !!str &x "ab"\n', 'a@1:14 b@1:15'],
  ])('are found in %s', (_, text, expected) => {
    expect(said(text)).toBe(expected);
  });

  it('are found in JSON', () => {
    const { document } = parseJsonSource('a.json', '{"s": "a\\/\\u00e9\\tb"}', {
      depthMax: 9,
      repeatedKeys: 'error',
    });
    expect(
      placesIn(document)
        .map((pair) => pair.join('@'))
        .join(' '),
    ).toBe('a@1:8 /@1:9 é@1:11 b@1:19');
  });

  it('are found in whatever style any text is written', () => {
    const styles = fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED' as const);
    const texts = fc.array(
      fc.constantFrom('a', 'bc', ' ', '  ', '\n', '\n\n', "'", '"', '\\', '/', ': ', 'é', '😀', '\t', '#'),
    );
    fc.assert(
      fc.property(styles, texts, fc.integer({ min: 20, max: 60 }), (defaultStringType, parts, lineWidth) => {
        const value = parts.join('');
        const text = stringify({ s: value }, { defaultStringType, lineWidth });
        // Of blanks alone the printer makes something else, or what no parser reads.
        fc.pre(parseDocument(text).errors.length === 0);
        // It breaks lines within a character, too, which no file can hold.
        fc.pre(Buffer.from(text).toString() === text);
        const document = yaml(text);
        fc.pre(nodeAt(document.root, '/s')?.value === value);
        const lines = text.split('\n');
        let last = '0:0';
        for (const [character, place] of placesIn(document)) {
          const [line = 0, column = 0] = place.split(':').map(Number);
          const written = lines[line - 1]?.slice(column - 1) ?? '';
          const isThere = written.startsWith(character) || written.startsWith('\\');
          expect(isThere, `${text}: ${character} at ${place}`).toBe(true);
          expect(isBefore(last, place), `${text}: ${last} and ${place}`).toBe(true);
          last = place;
        }
      }),
      { numRuns: runs(1000) },
    );
  });

  it('are not made up where a text was not written so', () => {
    expect(textOffsets('s: abc', { start: 3, end: 6 }, 'abd')).toBeUndefined();
    expect(textOffsets('s: abc', { start: 3, end: 6 }, 'abcd')).toBeUndefined();
  });
});

function isBefore(a: string, b: string): boolean {
  const [lineA = 0, columnA = 0] = a.split(':').map(Number);
  const [lineB = 0, columnB = 0] = b.split(':').map(Number);
  return lineA < lineB || (lineA === lineB && columnA < columnB);
}
