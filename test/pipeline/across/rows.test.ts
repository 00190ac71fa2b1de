import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PipelinePlan } from '../../../src/config/index.js';
import { acrossProcessor, type AcrossProcessor } from '../../../src/pipeline/across/across-processor.js';
import { mergeResults } from '../../../src/pipeline/merge-results.js';
import { runs } from '../../support/runs.js';
import { pipelineOf } from './across.js';

/** Makes a text long enough for WebAssembly, and is no event. */
const FILLER = `${' '.repeat(20_000)}\n`;

const META = { source: 's', timestamp: 1, counter: 0, newId: (_: number, counter: number) => `id-${counter}` };

const AGGREGATES = [
  'aggregate: { by: { k: /k }, values: { n: count } }',
  'aggregate: { by: { k: /k }, values: { n: count, sum: { sum: /n }, mean: { mean: /n } } }',
  'aggregate: { values: { sum: { sum: /u/n }, min: { min: /n }, max: { max: /u } } }',
  'aggregate: { by: { k: /k, u: /u/n }, max_keys: 2, values: { first: { first: /n }, last: { last: /n }, d: { distinct: /n } } }',
  'aggregate: { by: { k: $input }, values: { q: { quantile: [/n, 0.5] } } }',
];

/** Its id is that of the last event. */
const WITH_ID = "computo: 'merge($input, {id: $inputs/1/event_id})'";

const NUMBERS = [
  ...['0', '-0', '7', '-12', '1.5', '1.50', '-0.5', '0.001', '0.0000001', '1e5', '1E-2', '447.28', '0.1', '0.2'],
  ...['999999999999999', '123456789.123456', '9007199254740993', '-9007199254740992', '123456789012345678901234567890'],
  ...['0.30000000000000004', '1e308', '1e400', '01', '1.', '-', '.5'],
];
const value = fc.constantFrom(
  ...NUMBERS,
  ...NUMBERS,
  '"a"',
  '"b"',
  '"\\u0061"',
  '""',
  'null',
  'true',
  '[1]',
  '{"n":1}',
);
const key = fc.constantFrom(
  '"a"',
  '"a"',
  '"b"',
  '"\\u0061"',
  '"a longer key, of more than 24 bytes"',
  '"é"',
  '1',
  'null',
);
const space = fc.constantFrom('', '', '', '', ' ', '\t');
const line = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(key, value, value, space).map(([k, n, u, s]) => `{"k":${k},"n":${n},"u":{"n":${s}${u}}}${s}`),
  },
  { weight: 2, arbitrary: fc.tuple(value, key).map(([n, k]) => `{"n": ${n},"k":${k}}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '{',
      '7',
      '{"k":"a","k":"b","n":1}',
      `{"k":"a","n":1,"x":"${'x'.repeat(300)}"}`,
    ),
  },
);
const lines = fc.array(line, { maxLength: 150 });
const onError = fc.constantFrom({ kind: 'dead_letter' } as const, { kind: 'skip' } as const, { kind: 'stop' } as const);

describe('an aggregate whose scripts only read fields', () => {
  it('makes of many lines at once what it makes of one after the other, however they are written', async () => {
    const pipelines = await Promise.all(AGGREGATES.map((one) => pipelineOf([one, WITH_ID])));
    const open = (parseWhole: boolean, of: number, failing: PipelinePlan['onError'], envelope: boolean) => {
      const pipeline = pipelines[of];
      if (pipeline === undefined) throw new Error('no pipeline');
      const spec = { ...pipeline, outputs: [{ envelope }], onError: failing };
      const limits = { strict: false, depthMax: 3, lineBytesMax: 200, rawMax: 1000 };
      return acrossProcessor({ ...limits, pipeline: spec, input: 'data', parseWhole });
    };
    fc.assert(
      fc.property(
        fc.nat(AGGREGATES.length - 1),
        lines,
        fc.nat(150),
        fc.tuple(fc.boolean(), fc.boolean()),
        onError,
        fc.boolean(),
        (of, all, cut, areLong, failing, envelope) => {
          const blocks = [all.slice(0, cut), all.slice(cut)].map((some, at) =>
            Buffer.from(some.map((one) => `${one}\n`).join('') + (areLong[at] === true ? FILLER : '')),
          );
          const expected = seen(open(true, of, failing, envelope), blocks);
          expect(seen(open(false, of, failing, envelope), blocks)).toEqual(expected);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

function seen(process: AcrossProcessor, blocks: readonly Buffer[]): object {
  const results = [];
  for (const [at, bytes] of blocks.entries()) {
    const result = process({ kind: 'lines', bytes }, { ...META, counter: at * 1000 });
    results.push(result);
    if (result.stopped) break;
  }
  const { outputs, ...rest } = mergeResults([...results, process.end({ ...META, counter: 5000 })]);
  return { ...rest, outputs: outputs.map(String) };
}
