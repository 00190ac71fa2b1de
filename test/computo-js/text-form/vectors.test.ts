import { readFileSync } from 'node:fs';
import {
  equal,
  parseExactly,
  parseText,
  stringify,
  TextFormError,
  type Json,
  type JsonObject,
  type Span,
} from 'computo-js';
import { describe, expect, it } from 'vitest';

const lines = readFileSync(new URL('../../../fixtures/computo-js/text.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const vectors = lines.map((line) => parseExactly(line, Infinity) as JsonObject & { readonly text: string });

describe('the text form', () => {
  it.each(vectors.map((vector) => [vector.text, vector['script']] as const))('%j', (text, script) => {
    expect(answerTo(text, script)).toBe(script === undefined ? 'an error' : stringify(script));
  });
});

describe('each call of a script in the text form', () => {
  it('stands in the text where its span says, from its first character to its last', () => {
    const texts = [
      ...vectors.filter((vector) => vector['script'] !== undefined).map(({ text }) => text),
      '1 / (/k - 3)',
      'let a = (/k + 1), b = -(/k - 1) in (a * b) / (a - (b + 1) ) -- so',
      '{x: if (/k) > (3) then (1) else (/a |> map(i => (i + 1))), y: not (/k)}',
    ];
    let calls = 0;
    for (const text of texts) {
      const { script, spans } = parseText(text);
      for (const { call, span } of callsIn(script, spans)) {
        calls += 1;
        const there = text.slice(span.start, span.end);
        expect(there).toBe(there.trim());
        // A list that an operator takes as it is stands for itself nowhere else.
        expect([call, { array: call }], `${there}, of ${text}`).toContainEqual(parseText(there).script);
      }
    }
    expect(calls).toBeGreaterThan(300);
  });
});

/** The calls within an expression that have a place of their own. */
function callsIn(script: Json, span: Span): readonly { readonly call: Json; readonly span: Span }[] {
  if (!Array.isArray(script)) return [];
  const [head, ...rest] = script as readonly Json[];
  const within = (script as readonly Json[]).flatMap((part, at) => {
    const place = span.parts?.[at];
    // The bindings of a let are no expression, but the value of each is one.
    if (place && head === 'let' && at === 1)
      return (part as readonly (readonly Json[])[]).flatMap(([, value = null], index) => {
        const own = place.parts?.[index]?.parts?.[1];
        return own ? callsIn(value, own) : [];
      });
    return place ? callsIn(part, place) : [];
  });
  // What stands between brackets is taken apart where it begins with texts.
  const isCall = typeof head === 'string' && head !== 'cons' && rest.length > 0;
  return isCall ? [{ call: script, span }, ...within] : within;
}

/** As `expected` is written where it is equal to what the text means: numbers count by value, members in any order. */
function answerTo(text: string, expected: Json | undefined): string {
  try {
    const { script } = parseText(text);
    return expected !== undefined && equal(script, expected) ? stringify(expected) : stringify(script);
  } catch (error) {
    if (!(error instanceof TextFormError)) throw error;
    return 'an error';
  }
}
