import type { Json } from 'computo-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileProcessor, looksAcross } from '../../../src/pipeline/across/compile-processor.js';
import type { BlockMeta, BlockResult } from '../../../src/pipeline/batch.js';
import type { PipelineSpec } from '../../../src/pipeline/index.js';
import { aggregateOf } from '../../../src/pipeline/stages/aggregate.js';
import { explodeOf } from '../../../src/pipeline/stages/explode.js';
import { anyText } from '../../support/any-text.js';
import { runs } from '../../support/runs.js';

type Stages = PipelineSpec['stages'];
type Dialect = 'classic' | 'current';

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

/** What lines are: see `LineOptions.input`. */
type Input = 'data' | 'envelope';

/** What comes of a block, as text in which ids are all alike: they are random in part. */
function outcome(block: Buffer, input: Input, pipeline: PipelineSpec, parseWhole: boolean): object {
  const limits = { strict: false, depthMax: 6, lineBytesMax: 400, rawMax: 1000 };
  const process = compileProcessor({ ...limits, pipeline, input, parseWhole });
  // Twice, so that what was learned from the block meets it again.
  const results = [0, 1].map(() => seenIn(process({ kind: 'lines', bytes: block }, META)));
  return looksAcross(process) ? [...results, seenIn(process.end(META))] : results;
}

const META: BlockMeta = { source: 'in "x"', timestamp: 1_752_195_600_000, counter: 7 };

function seenIn(result: BlockResult): object {
  return {
    ...result,
    outputs: result.outputs.map((lines) => lines.toString().replaceAll(UUID, 'ID')),
    deadLetters: result.deadLetters.map((letter) => ({ ...letter, head: letter.head.replaceAll(UUID, 'ID') })),
  };
}

const keys = fc.constantFrom('a', 'b', 'n', 's', 'list', 'é', '1', 'q"');
const scalar = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -0, 1, 2.5, 'x', '', 'naïve', '"\\\n', 1e21, 12345.678),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  anyText({ maxLength: 8 }),
);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
  ),
}));
/** Most events have what scripts look for. */
const event = fc.record({
  a: fc.record({ b: value, n: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })) }),
  n: fc.integer(),
  s: fc.string({ maxLength: 6 }),
  list: fc.array(fc.integer(), { maxLength: 4 }),
});
const oddNumber = fc.constantFrom(
  '1.0',
  '-0',
  '1e2',
  '12345678901234567890',
  '0.1234567890123456789',
  '1e400',
  '0.0000001',
);
const line = fc.oneof(
  { weight: 6, arbitrary: event.map((one) => JSON.stringify(one)) },
  { weight: 2, arbitrary: value.map((one) => JSON.stringify(one)) },
  { weight: 1, arbitrary: event.map((one) => JSON.stringify(one, null, 1).replaceAll('\n', ' ')) },
  {
    weight: 1,
    arbitrary: fc.tuple(event, oddNumber).map(([one, n]) =>
      JSON.stringify({ ...one, n: 0, list: one.list.length > 1 ? [...one.list, 'odd'] : null })
        .replace('"n":0', `"n":${n}`)
        .replace('"odd"', `{"a":${n}} , [${n}]`),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(event, fc.nat(60)).map(([one, at]) => JSON.stringify(one).slice(0, at)) },
  fc.constantFrom(
    '',
    '  ',
    '\r',
    '{"n":1,"n":2}',
    '{"a":{"n":1},"a":{"n":2}}',
    '{"\\u006e":3}',
    '[[[[[[[1]]]]]]]',
    'x',
    '{"n":1}}',
  ),
  fc.constant(`{"n":1,"s":"${'long'.repeat(120)}"}`),
);

/** Around data: most of it as the log writes it, some as others may print it, some of it no event. */
const envelope = fc
  .record({
    id: fc.constantFrom('"e-1"', '"e-2"', '"é"', '""', '"\\u0041"', '7'),
    timestamp: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('1752195600000', '0') },
      fc.constantFrom('01', '1e3', ' 5', '-1', '12345678901234567890', '"5"'),
    ),
    metadata: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(0, 1, 2).map((retries) => metadata({ retry_count: retries })) },
      { weight: 2, arbitrary: fc.string({ maxLength: 3 }).map((key) => metadata({ routing_key: key })) },
      fc.constant(metadata({ refused: { kind: 'invalid_json', message: 'no', line: 3 } })),
      fc.constantFrom('{}', '{"source":"a"}', '7', '{', `${metadata({})} `, metadata({ more: { metadata: { a: 1 } } })),
    ),
    before: fc.oneof(
      { weight: 8, arbitrary: fc.constant('') },
      fc.constantFrom(' ', '"metadata":{},', '"data":1,', '"crc":1,'),
    ),
    end: fc.oneof(
      { weight: 8, arbitrary: fc.constant('}') },
      fc.constantFrom('', '} ', '}x', ',"crc":"00000000"}', ' }'),
    ),
  })
  .map(({ id, timestamp, metadata: text, before, end }) => ({
    head: `{"id":${id},"timestamp":${timestamp},${before}"data":`,
    tail: `,"metadata":${text}${end}`,
  }));

function metadata(more: object): string {
  return JSON.stringify({
    source: 'http "x"',
    pipeline: 'orders',
    ...more,
    ...('retry_count' in more ? {} : { retry_count: 0 }),
  });
}

const storedLine = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(envelope, line).map(([{ head, tail }, data]) => head + data + tail) },
  { weight: 1, arbitrary: line },
  fc.constantFrom('{"data":{"n":1,"s":",\\"metadata\\":{"}}', '{"id":"e-3","timestamp":1'),
);

function blocks(lines: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  return fc
    .record({
      lines: fc.array(lines, { minLength: 1, maxLength: 12 }),
      ending: fc.constantFrom('\n', '\r\n'),
      endsWell: fc.boolean(),
      brokenAt: fc.option(fc.nat(), { freq: 5 }),
    })
    .map((all) => {
      const bytes = Buffer.from(all.lines.join(all.ending) + (all.endsWell ? all.ending : ''));
      if (all.brokenAt !== null && bytes.length > 0) bytes[all.brokenAt % bytes.length] = 0xff;
      return bytes;
    });
}

const pointer = fc.constantFrom(
  ...['/n', '/s', '/a', '/a/n', '/a/b', '/a/b/n', '/list', '/list/0', '/é', '/1', '/none', '/q"'],
);
const key = fc.constantFrom<Json>('n', 'b', 'q"', 'array', '0', 1, -1);

/** Random scripts: most of them run on most events. */
function scripts(dialect: Dialect): fc.Arbitrary<Json> {
  const isClassic = dialect === 'classic';
  const read = (of: string, at: string): Json => (isClassic ? ['get', [of], at] : [of, at]);
  const { script } = fc.letrec<{ script: Json }>((tie) => {
    const inner = tie('script');
    const pairs = fc.uniqueArray(fc.tuple(keys, inner), { selector: ([key]) => key, maxLength: 3 });
    return {
      script: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        { weight: 5, arbitrary: pointer.map((at) => read('$input', at)) },
        { weight: 2, arbitrary: fc.constantFrom<Json>(1, 'x', null, true, 0.5, { k: [1, 'y'] }) },
        { weight: 1, arbitrary: fc.constant<Json>(['$input']) },
        {
          weight: 1,
          arbitrary: fc.constantFrom('/1/source', '/1/timestamp', '/0/n', '/0/a/n').map((at) => read('$inputs', at)),
        },
        { weight: 4, arbitrary: pairs.map((all): Json => (isClassic ? ['obj', ...all] : ['obj', ...all.flat()])) },
        fc.tuple(fc.constantFrom('+', '-', '*', '/', '>', '<=', '==', '!='), inner, inner),
        fc.tuple(fc.constant('if'), inner, inner, inner),
        fc.tuple(fc.constant('strConcat'), inner, inner),
        fc.tuple(fc.constant('not'), inner),
        { weight: 3, arbitrary: fc.tuple(fc.constantFrom('value.or', 'value.try'), inner, inner) },
        fc.tuple(fc.constant('value.or'), inner, inner, inner),
        fc.tuple(fc.constantFrom('value.at', 'value.has'), inner, key),
        fc.tuple(fc.constantFrom('value.at', 'value.has'), inner, key, key),
        fc.tuple(fc.constant('value.type'), inner),
        fc.tuple(fc.constantFrom('text.of', 'text.upper', 'text.length', 'number.round', 'number.abs'), inner),
        inner.map((of): Json => ['text.split', ['text.of', of], ',']),
        inner.map((of): Json => ['regex.capture', ['text.of', of], '(?<a>[a-z]+)(?<n>[0-9])?']),
        inner.map((of): Json => (isClassic ? ['let', [['v', of]], ['$', '/v']] : ['let', { v: of }, ['$', '/v']])),
        inner.map((of): Json => [
          'map',
          read('$input', '/list'),
          [
            'lambda',
            ['x'],
            [
              'obj',
              ...(isClassic
                ? [
                    ['x', ['$', '/x']],
                    ['of', of],
                  ]
                : ['x', ['$', '/x'], 'of', of]),
            ],
          ],
        ]),
        fc.constant<Json>([
          'reduce',
          read('$input', '/list'),
          ['lambda', ['sum', 'x'], ['+', ['$', '/sum'], ['$', '/x']]],
          0,
        ]),
        inner.map((of): Json => (isClassic ? { array: [of] } : [1, of])),
      ),
    };
  });
  return script;
}

const stages: fc.Arbitrary<Stages> = fc.constantFrom<Dialect>('classic', 'current').chain((dialect) => {
  const stage = (kind: 'filter' | 'computo') =>
    scripts(dialect).map((script) => ({ kind, name: kind, script: { script, options: { dialect } } }));
  const filters = fc.array(stage('filter'), { maxLength: 1 });
  return fc
    .oneof(
      fc.tuple(filters, fc.array(stage('computo'), { maxLength: 1 }), filters),
      fc.tuple(fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, filters), fc.tuple(across(dialect))),
    )
    .map((all) => all.flat());
});

/** Stages that look across events. */
function across(dialect: Dialect): fc.Arbitrary<Stages[number]> {
  const script = (of: fc.Arbitrary<Json>) => of.map((one) => ({ script: one, options: { dialect } }));
  const read = (at: string): Json => (dialect === 'classic' ? ['get', ['$input'], at] : ['$input', at]);
  const some = script(fc.oneof({ weight: 3, arbitrary: pointer.map(read) }, scripts(dialect)));
  const lists = fc.oneof({ weight: 3, arbitrary: script(fc.constant(read('/list'))) }, some);
  const explode = fc
    .record({ list: lists, empty: fc.constantFrom('filter' as const, 'keep' as const, 'fail' as const) })
    .map((plan) => explodeOf({ name: 'explode', ...plan }));
  const kind = fc.constantFrom(
    'sum' as const,
    'mean' as const,
    'min' as const,
    'max' as const,
    'first' as const,
    'last' as const,
  );
  const value = fc.oneof(
    fc.constant({ kind: 'count' as const }),
    fc.record({ kind, of: some }),
    fc.record({ kind: fc.constant('distinct' as const), max: fc.constant(2), of: some }),
    fc.record({ kind: fc.constant('top' as const), count: fc.constant(2), of: some }),
  );
  const aggregate = fc
    .record({
      by: fc.array(some, { maxLength: 2 }),
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
      maxKeys: fc.constantFrom(2, 1000),
    })
    .map(({ by, values, maxKeys }) =>
      aggregateOf({
        name: 'aggregate',
        by: by.map((one, at) => ({ name: `k${at}`, script: one })),
        values: values.map((one, at) => ({ name: `v${at}`, ...one })),
        maxKeys,
      }),
    );
  return fc.oneof(explode, aggregate);
}

const pipelines: fc.Arbitrary<PipelineSpec> = fc.record(
  {
    name: fc.constant('default'),
    stages,
    outputs: fc.constantFrom<PipelineSpec['outputs']>(
      [{ envelope: false }],
      [{ envelope: false }],
      [{ envelope: true }],
      [{ envelope: false }, { envelope: true }],
      [{ envelope: false, when: ['x', '1'] }, { envelope: false }],
    ),
    onError: fc.constantFrom<PipelineSpec['onError']>(
      { kind: 'dead_letter' },
      { kind: 'skip' },
      { kind: 'stop' },
      { kind: 'default', data: { failed: true } },
    ),
    routingKey: fc.constant({ script: ['$input', '/s'], options: {} }),
  },
  { requiredKeys: ['name', 'stages', 'outputs', 'onError'] },
);

const inputs: readonly (readonly [Input, string, fc.Arbitrary<Buffer>])[] = [
  ['data', 'new events', blocks(line)],
  ['envelope', 'stored events', blocks(storedLine)],
];

describe('reading lazily', () => {
  it.each(inputs)('changes nothing in %s (%s): outcomes are those of parsing every line whole', (input, _, block) => {
    fc.assert(
      fc.property(block, pipelines, (bytes, pipeline) => {
        expect(outcome(bytes, input, pipeline, false)).toEqual(outcome(bytes, input, pipeline, true));
      }),
      { numRuns: runs(400) },
    );
  });
});
