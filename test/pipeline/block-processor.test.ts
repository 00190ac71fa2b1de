import type { Json } from 'computo-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockProcessor } from '../../src/pipeline/block-processor.js';
import type { OnErrorPlan } from '../../src/config/index.js';
import type { PipelineSpec } from '../../src/pipeline/index.js';
import { runs } from '../support/runs.js';
import { scriptStage } from '../support/script-stage.js';

type Changes = Partial<PipelineSpec> & { readonly strict?: boolean };

const computo = (script: Json) => scriptStage('computo', 'change', script);

function processorOf({ strict = false, ...changes }: Changes): ReturnType<typeof blockProcessor> {
  const pipeline: PipelineSpec = {
    name: 'default',
    stages: [computo(['$input'])],
    outputs: [{ envelope: false }],
    onError: { kind: 'dead_letter' },
    ...changes,
  };
  return blockProcessor({ pipeline, strict, depthMax: 1000, lineBytesMax: 1 << 20, rawMax: 1 << 20 });
}

const meta = { source: 'test', timestamp: 1, counter: 0 };

function process(
  text: string | Buffer,
  changes: Changes = {},
): { outputs: string[]; counts: object; letters: object[]; stopped: boolean } {
  const result = processorOf(changes)({ kind: 'lines', bytes: Buffer.from(text) }, meta);
  return {
    outputs: result.outputs.map((lines) => lines.toString()),
    counts: result.counts,
    letters: result.deadLetters.map(
      ({ head, lineInBlock }) => JSON.parse(`${head}${(lineInBlock ?? -1) + 1}}`) as object,
    ),
    stopped: result.stopped,
  };
}

const byLevel: Changes = {
  routingKey: { script: ['$input', '/level'], options: {} },
  outputs: [
    { envelope: false, when: ['error', 'fatal'] },
    { envelope: false, when: ['info', 'error'] },
  ],
};

describe('a block', () => {
  it('is told apart by lines: every event once among the outputs, whatever the fan-out', () => {
    const { outputs, counts } = process(
      '{"level":"error"}\n{"level":"info"}\n{"level":"x"}\n{"level":null}\n',
      byLevel,
    );
    expect(outputs).toEqual(['{"level":"error"}\n', '{"level":"error"}\n{"level":"info"}\n']);
    expect(counts).toMatchObject({ input: 4, output: 2, unrouted: 2, deadLettered: 0 });
  });

  it('goes to an output for the rest when no other output takes it', () => {
    const rest = { envelope: false, otherwise: true } as const;
    const routed = process('{"level":"error"}\n{"level":"x"}\n{"level":null}\n', {
      ...byLevel,
      outputs: [rest, ...(byLevel.outputs ?? []), rest],
    });
    const others = '{"level":"x"}\n{"level":null}\n';
    expect(routed.outputs).toEqual([others, '{"level":"error"}\n', '{"level":"error"}\n', others]);
    expect(routed.counts).toMatchObject({ input: 3, output: 3, unrouted: 0 });
  });

  it('goes to no output for the rest beside one that takes everything', () => {
    const { outputs } = process('{"level":"x"}\n', {
      outputs: [{ envelope: false }, { envelope: false, otherwise: true }],
    });
    expect(outputs).toEqual(['{"level":"x"}\n', '']);
  });

  it('takes numbers and booleans for routing keys by their text, and refuses arrays and objects', () => {
    const outputs = [{ envelope: false, when: ['7', 'true'] }];
    const {
      outputs: [lines],
      letters,
    } = process('{"level":7}\n{"level":true}\n{"level":[]}\n', { ...byLevel, outputs });
    expect(lines).toBe('{"level":7}\n{"level":true}\n');
    expect(letters).toMatchObject([{ error: { kind: 'invalid_argument', stage: 'routing_key' }, line: 3 }]);
  });

  it('lets a filter drop events without a trace but the count', () => {
    const filter = scriptStage('filter', 'some', ['>', ['$input'], 2]);
    const { outputs, counts } = process('1\n2\n3\n', { stages: [filter, computo(['*', ['$input'], 10])] });
    expect(outputs).toEqual(['30\n']);
    expect(counts).toMatchObject({ input: 3, output: 1, filtered: 2 });
  });

  it.each<[OnErrorPlan, string, object]>([
    [{ kind: 'dead_letter' }, '2\n4\n', { deadLettered: 2, output: 2 }],
    [{ kind: 'skip' }, '2\n4\n', { skipped: 2, output: 2 }],
    [{ kind: 'default', data: { d: 1 } }, '2\n{"d":1}\n{"d":1}\n4\n', { output: 4 }],
    [{ kind: 'stop' }, '2\n', { deadLettered: 1, output: 1, input: 2 }],
  ])('treats what fails as on_error says: %j', (onError, lines, counts) => {
    const result = process('1\n"a"\noops\n2\n', { stages: [computo(['*', ['$input'], 2])], onError });
    expect(result.outputs).toEqual([lines]);
    expect(result.counts).toMatchObject(counts);
    expect(result.stopped).toBe(onError.kind === 'stop');
  });

  it('writes envelopes only to the outputs that want them', () => {
    const { outputs } = process('{"level":"error"}\n', {
      ...byLevel,
      outputs: [{ envelope: true }, { envelope: false }],
    });
    const [whole = '', bare] = outputs;
    expect(JSON.parse(whole)).toMatchObject({
      timestamp: 1,
      data: { level: 'error' },
      metadata: { source: 'test', pipeline: 'default', routing_key: 'error', retry_count: 0 },
    });
    expect(bare).toBe('{"level":"error"}\n');
  });

  it('gives scripts, envelopes and dead letters one and the same event id', () => {
    const context = process('1\n', { stages: [computo(['$inputs', '/1'])], outputs: [{ envelope: true }] });
    const event = JSON.parse(context.outputs[0] ?? '') as { id: string; data: { event_id: string } };
    expect(event.data.event_id).toBe(event.id);
  });

  it('keeps the whole event of a dead letter, digit for digit', () => {
    const { letters } = process('{"id": 12345678901234567890}\n', { stages: [computo(['$input', '/nope'])] });
    expect(JSON.stringify(letters[0])).toContain('"path":""');
    expect(letters).toMatchObject([
      {
        error: { kind: 'invalid_argument', stage: 'change' },
        event: { metadata: { source: 'test' } },
        source: 'test',
        line: 1,
      },
    ]);
  });

  it('loses no line: input is output, filtered, skipped, unrouted and dead-lettered together', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '{"level":"error"}',
        '{"level":"info"}',
        '{"level":1}',
        '{}',
        '[]',
        '{"a":',
        '\u0000',
        '',
        '  ',
        '"\\ud800"',
      ),
      fc.json(),
    );
    const broken = fc.constantFrom(Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.alloc(0));
    const onError = fc.constantFrom<OnErrorPlan>(
      { kind: 'dead_letter' },
      { kind: 'skip' },
      { kind: 'default', data: { level: 'info' } },
      { kind: 'stop' },
    );
    fc.assert(
      fc.property(fc.array(line), broken, onError, fc.boolean(), (lines, bytes, how, strict) => {
        const text = Buffer.concat([Buffer.from(lines.join('\r\n')), bytes, Buffer.from('\n')]);
        const filter = scriptStage('filter', 'some', ['!=', ['$input', '/level'], 1]);
        const result = processorOf({ ...byLevel, stages: [filter], onError: how, strict })(
          { kind: 'lines', bytes: text },
          meta,
        );
        const { input, output, filtered, skipped, unrouted, deadLettered } = result.counts;
        expect(output + filtered + skipped + unrouted + deadLettered).toBe(input);
        expect(result.deadLetters).toHaveLength(deadLettered);
        if (!result.stopped) {
          const blank = text
            .toString('latin1')
            .split('\n')
            .filter((one) => /^[ \t\r]*$/.test(one)).length;
          expect(input).toBe(text.toString('latin1').split('\n').length - blank);
        }
      }),
      { numRuns: runs(250) },
    );
  });
});
