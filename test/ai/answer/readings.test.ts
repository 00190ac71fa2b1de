import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { jsonValuesIn } from '../../../src/ai/answer/json-values.js';
import { schemaCheck } from '../../../src/ai/answer/index.js';

const LABEL = { type: 'object', properties: { label: { enum: ['good', 'bad'] } }, required: ['label'] };
const GOOD = { label: 'good' };
const FENCE = '```';

/** What a schema takes an answer for; or what is wrong with it. */
async function read(text: string, schema: Parameters<typeof schemaCheck>[0] = LABEL): Promise<unknown> {
  const checked = (await schemaCheck(schema))(text);
  return checked.ok ? checked.value : checked.problem;
}

describe('the JSON of an answer', () => {
  it.each([
    ['as it is', '  {"label":"good"}\n'],
    ['in a fence', `${FENCE}json\n{"label":"good"}\n${FENCE}`],
    ['in a fence in capitals', `${FENCE}JSON\n{"label":"good"}\n${FENCE}`],
    ['in a fence on one line', `${FENCE}json {"label":"good"}${FENCE}`],
    ['in a fence without a language', `${FENCE}\n{"label":"good"}\n${FENCE}`],
    ['in a fence that is not closed', `Here:\n${FENCE}json\n{"label":"good"}`],
    ['in a fence among words', `Sure! Here it is:\n${FENCE}Json\n{"label":"good"}\n${FENCE}\nI hope that helps.`],
    ['in the fence that satisfies the schema', `${FENCE}\n{"e":1}\n${FENCE}\nor\n${FENCE}\n{"label":"good"}\n${FENCE}`],
    ['behind thoughts', '<think>Is it {"label":"bad"}? No.</think>\n\n{"label":"good"}'],
    ['behind thoughts that only end', `It may be {"label":"bad"}.\n</think>\n{"label":"good"}`],
    [
      'behind thoughts, in a fence',
      `<think>\n${FENCE}\n{"label":"bad"}\n${FENCE}</think>${FENCE}\n{"label":"good"}${FENCE}`,
    ],
    ['between words', 'The answer is {"label":"good"}, as the text [1] says (see {it}).'],
    ['between words, twice the same', '{"label":"good"} That is: { "label": "good" }'],
    ['with an open bracket before it', 'In [0, 1) it is {"label":"good"}'],
  ])('is found %s', async (_, text) => {
    expect(await read(text)).toEqual(GOOD);
  });

  it.each([
    ['is only in its thoughts', '<think>{"label":"good"}'],
    ['is broken, though a part of it is whole', '{"all": [{"label":"good"},], "n": 1}'],
    ['is cut off behind a part that is whole', 'First {"label":"good"}, then {"label":"ba'],
    ['is two different values', '{"label":"good"} or {"label":"bad"}'],
    ['is words', 'good'],
    ['is nothing', ''],
  ])('is not taken when it %s', async (_, text) => {
    expect(await read(text)).toBeTypeOf('string');
  });

  it('is taken as it is, where it is JSON that does not satisfy the schema', async () => {
    expect(await read('{"label":"so so"}')).toBe('/label must be equal to one of the allowed values');
    expect(await read('["{\\"label\\":\\"good\\"}"]')).toBe('/ must be object');
  });

  it('is unwrapped where the schema was wrapped to be sent, and taken bare as well', async () => {
    const schema = { enum: ['good', 'bad'] };
    expect(await read('{"value":"good"}', schema)).toBe('good');
    expect(await read('"bad"', schema)).toBe('bad');
    expect(await read(`It is\n${FENCE}\n"bad"\n${FENCE}`, schema)).toBe('bad');
    expect(await read('{"value":"so so"}', schema)).toBe('/value must be equal to one of the allowed values');
    expect(await read('{"value":{"n":12345678901234567890}}', { type: ['object', 'null'] })).toEqual({
      n: 12345678901234567890n,
    });
  });

  it('is what JSON.parse makes of it, whatever words stand around it', () => {
    const words = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '.', '"', "'", '}', ']', ':', ',', '1', '\\', 'é'),
    });
    const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(words, value, fc.constantFrom(0, 2), words, (before, inner, space, after) => {
        const found = jsonValuesIn(`${before} ${JSON.stringify(inner, null, space)} ${after}`) ?? [];
        expect(found.map((text) => JSON.parse(text) as unknown)).toEqual([JSON.parse(JSON.stringify(inner))]);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is looked for in as many steps as the text has characters, whatever these are', () => {
    const text = fc.array(fc.constantFrom('{', '[', '"', '{"a":', '[1,', '\\', '}', ']', ',', ':', ' ', 'x', '```'), {
      minLength: 100,
      maxLength: 2000,
    });
    const repeated = ['{', '[', '"', '{"', '["', '[[1],', '{"a":', '\\"', '{"a":"', '[x', '```{'].map((part) =>
      part.repeat(2000),
    );
    const steps = stepsOf((given) => jsonValuesIn(given));
    for (const given of repeated) expect(steps(given), given.slice(0, 10)).toBeLessThan(5 * given.length);
    fc.assert(
      fc.property(text, (parts) => {
        const given = parts.join('');
        expect(steps(given)).toBeLessThan(5 * given.length);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is looked for in few of very many fences', async () => {
    const check = await schemaCheck(LABEL);
    const parses = vi.spyOn(JSON, 'parse');
    try {
      expect(check(`${FENCE}x`.repeat(10_000)).ok).toBe(false);
      expect(parses.mock.calls.length).toBeLessThan(500);
    } finally {
      parses.mockRestore();
    }
  });
});

/** Counts the characters that a function looks at. */
function stepsOf(work: (text: string) => unknown): (text: string) => number {
  return (text) => {
    const looks = vi.spyOn(String.prototype, 'charCodeAt');
    try {
      work(text);
      return looks.mock.calls.length;
    } finally {
      looks.mockRestore();
    }
  };
}
