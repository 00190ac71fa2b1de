import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INFIXES, KEYWORDS } from '../../../src/computo-js/text-form/signs.js';
import { packageFolder } from '../../support/cli.js';

interface Pattern {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly include?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
  readonly patterns?: readonly Pattern[];
}

interface Grammar {
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly firstLineMatch: string;
  readonly patterns: readonly Pattern[];
  readonly repository: Readonly<Record<string, Pattern>>;
}

/** What the package brings for editors. */
const grammar = JSON.parse(readFileSync(`${packageFolder}/dist/computo.tmLanguage.json`, 'utf8')) as Grammar;

const rule = (name: string): Pattern => grammar.repository[name] ?? {};

function* expressionsIn({ match, begin, end, patterns = [] }: Pattern): Generator<string> {
  for (const one of [match, begin, end]) if (one !== undefined) yield one;
  for (const inner of patterns) yield* expressionsIn(inner);
}

const all = [...grammar.patterns, ...Object.values(grammar.repository)];

/** The scopes of a text's pieces, as an editor finds them: at each place the pattern that comes first, else the next place. */
function scopesOf(text: string): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  const order = (rule('expression').patterns ?? []).map(({ include = '' }) => rule(include.slice(1)));
  for (let at = 0; at < text.length;) {
    const hit = order.map((pattern) => hitOf(pattern, text, at)).find((one) => one !== undefined);
    if (hit !== undefined) found.push(...hit.scopes);
    at = hit?.end ?? at + 1;
  }
  return found;
}

function hitOf(
  { name = '', match, begin, end, captures }: Pattern,
  text: string,
  at: number,
): { readonly end: number; readonly scopes: [string, string][] } | undefined {
  const head = new RegExp(match ?? begin ?? '', 'dy');
  head.lastIndex = at;
  const found = head.exec(text);
  if (found === null) return undefined;
  if (end !== undefined) {
    const tail = new RegExp(end.replace('|$', ''), 'g');
    tail.lastIndex = at + 1;
    tail.exec(text);
    return { end: tail.lastIndex, scopes: [[text.slice(at, tail.lastIndex), name]] };
  }
  const parts = Object.entries(captures ?? {}).flatMap(([index, scope]): [string, string][] => {
    const part = found[Number(index)];
    return part === undefined ? [] : [[part, scope.name]];
  });
  return { end: at + found[0].length, scopes: captures === undefined ? [[found[0], name]] : parts };
}

describe('the grammar for editors', () => {
  it('has patterns that compile', () => {
    const expressions = [...all.flatMap((pattern) => [...expressionsIn(pattern)]), grammar.firstLineMatch];
    expect(expressions.length).toBeGreaterThan(15);
    for (const expression of expressions)
      expect(() => new RegExp(expression.replace('\\A', '^')), expression).not.toThrow();
  });

  it('includes nothing that it lacks', () => {
    const included = all.flatMap(({ patterns = [] }) => patterns.flatMap(({ include }) => include ?? []));
    const own = included.filter((name) => name.startsWith('#')).map((name) => name.slice(1));
    expect(own.filter((name) => !Object.hasOwn(grammar.repository, name))).toEqual([]);
  });

  it('knows the keywords of the parser, and no others', () => {
    const wordsOf = (name: string): string[] => (/\(\?:([a-z|]+)\)/.exec(rule(name).match ?? '')?.[1] ?? '').split('|');
    expect([...wordsOf('keyword'), ...wordsOf('constant')].sort()).toEqual([...KEYWORDS].sort());
    expect((/\(\?!\(\?:([a-z|]+)\)/.exec(rule('call').match ?? '')?.[1] ?? '').split('|').sort()).toEqual(
      [...KEYWORDS].sort(),
    );
  });

  it('knows the signs of the parser', () => {
    const signs = INFIXES.map(({ sign }) => sign).filter((sign) => !KEYWORDS.has(sign));
    const pattern = new RegExp(`^(?:${rule('operator').match ?? ''})$`);
    for (const sign of [...signs, '|>', '=>', '=']) expect(pattern.test(sign), sign).toBe(true);
  });

  it('tells the pieces of a script apart', () => {
    const scopes = scopesOf('{/id, who: x/"a b"} |> map(i => i/n ++ "-- no" ?? -1.5) -- so');
    expect(scopes.map(([text, scope]) => `${text} ${scope.split('.').slice(0, 2).join('.')}`)).toEqual([
      '{ punctuation.computo',
      '/id variable.other',
      ', punctuation.computo',
      'who support.type',
      ': punctuation.separator',
      'x variable.other',
      '/ variable.other',
      '"a b" string.quoted',
      '} punctuation.computo',
      '|> keyword.operator',
      'map entity.name',
      '( punctuation.computo',
      'i variable.parameter',
      '=> storage.type',
      'i variable.other',
      '/n variable.other',
      '++ keyword.operator',
      '"-- no" string.quoted',
      '?? keyword.operator',
      '- keyword.operator',
      '1.5 constant.numeric',
      ') punctuation.computo',
      '-- so comment.line',
    ]);
    expect(scopesOf('if not text.lower(/a) in true/2 / 3').map(([text]) => text)).toEqual([
      'if',
      'not',
      'text.lower',
      '(',
      '/a',
      ')',
      'in',
      'true',
      '/2',
      '/',
      '3',
    ]);
  });

  it('is for files that end in .computo', () => {
    expect(grammar.fileTypes).toEqual(['computo']);
    expect(grammar.scopeName).toBe('source.computo');
  });
});
