import type { Json } from 'computo-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockProcessor } from '../../../src/pipeline/block-processor.js';
import { deadLetterLine } from '../../../src/pipeline/dead-letter.js';
import { envelopeText, readStoredEvent } from '../../../src/event/index.js';
import { EventFailure, refusedRecord, type PipelineSpec } from '../../../src/pipeline/index.js';
import { scriptStage } from '../../support/script-stage.js';

const stored = (data: string, key?: string): string =>
  envelopeText('id-1', 1752195600000, data, { source: 'http', pipeline: 'orders', key, retryCount: 2 });

const meta = { source: 'log', timestamp: 5, counter: 0 };

function process(text: string, changes: Partial<PipelineSpec> = {}): { outputs: string[]; letters: unknown[] } {
  const pipeline: PipelineSpec = {
    name: 'other',
    stages: [],
    outputs: [{ envelope: true }],
    onError: { kind: 'dead_letter' },
    ...changes,
  };
  const limits = { depthMax: 5, lineBytesMax: 1 << 20, rawMax: 1 << 20 };
  const result = blockProcessor({ pipeline, strict: false, input: 'envelope', ...limits })(
    { kind: 'lines', bytes: Buffer.from(text) },
    meta,
  );
  const letters = result.deadLetters.map(({ head, lineInBlock, line }): unknown =>
    JSON.parse(deadLetterLine(head, lineInBlock ?? line)),
  );
  return { outputs: result.outputs.map(String), letters };
}

const script = (code: Json): Partial<PipelineSpec> => ({
  stages: [scriptStage('computo', 'change', code)],
});

describe('a stored event', () => {
  it('is taken apart without touching its data, whatever the data looks like', () => {
    const tricky = fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc.constantFrom('",\\"metadata\\":{"', '{"data":1,"metadata":{"source":"x"}}', '{"a":",\\"metadata\\":{}"}'),
    );
    fc.assert(
      fc.property(tricky, fc.option(fc.string(), { nil: undefined }), (data, key) => {
        const event = readStoredEvent(stored(data, key));
        expect(event?.data).toBe(data);
        expect(event?.origin).toEqual({
          id: 'id-1',
          timestamp: 1752195600000,
          source: 'http',
          pipeline: 'orders',
          retryCount: 2,
          ...(key !== undefined && { routingKey: key }),
        });
      }),
    );
  });

  it('is understood in any order of keys, with white space, too', () => {
    const printed = `{ "metadata": {"retry_count": 0, "source":"s", "pipeline":"p"}, "data": 12345678901234567890, "timestamp": 3, "id": "x" }`;
    expect(readStoredEvent(printed)).toEqual({
      origin: { id: 'x', timestamp: 3, source: 's', pipeline: 'p', retryCount: 0 },
      data: '12345678901234567890',
    });
  });

  it('is nothing else', () => {
    for (const text of [
      '{}',
      '[]',
      '{"id":"x","timestamp":1,"data":1}',
      'x',
      '{"id":"x","timestamp":"1","data":1,"metadata":{}}',
    ])
      expect(readStoredEvent(text)).toBeUndefined();
  });

  it('keeps id, timestamp and metadata through its pipeline, and scripts see them', () => {
    expect(process(`${stored('{"n":1}', 'k')}\n${stored('2')}\n`).outputs).toEqual([
      `${stored('{"n":1}', 'k')}\n${stored('2')}\n`,
    ]);
    const { outputs } = process(`${stored('1', 'k')}\n`, {
      ...script(['$inputs', '/1']),
      outputs: [{ envelope: false }],
    });
    expect(JSON.parse(outputs[0] ?? '')).toEqual({
      source: 'http',
      pipeline: 'orders',
      retry_count: 2,
      event_id: 'id-1',
      timestamp: 1752195600000,
      routing_key: 'k',
    });
  });

  it('goes by the routing key that it has, unless the pipeline sets another', () => {
    const outputs = [
      { envelope: false, when: ['a'] },
      { envelope: false, when: ['b'] },
    ];
    expect(process(`${stored('1', 'a')}\n`, { outputs }).outputs).toEqual(['1\n', '']);
    const routingKey = { script: 'b', options: {} };
    expect(process(`${stored('1', 'a')}\n`, { outputs, routingKey }).outputs).toEqual(['', '1\n']);
  });

  it('that was a broken line when it came in becomes the dead letter that the line would have been', () => {
    const origin = { source: 'in/a.ndjson', pipeline: 'orders', line: 7 };
    const remains = [
      { text: 'no "json"' },
      { bytes: Buffer.from([0xff, 0x00]), lineBytes: 2 },
      { bytes: Buffer.from('the start'), lineBytes: 5000 },
    ] as const;
    const lines = remains.map((one) => {
      const { data, metadata } = refusedRecord(new EventFailure('invalid_json', 'why'), one, origin, 1000);
      return `{"id":"x","timestamp":1,"data":${data},"metadata":${metadata}}\n`;
    });
    const common = {
      error: { kind: 'invalid_json', message: 'why', stage: null, path: null },
      source: 'in/a.ndjson',
      line: 7,
    };
    expect(process(lines.join('')).letters).toEqual([
      { ...common, raw: 'no "json"' },
      { ...common, raw: '/wA=', raw_encoding: 'base64' },
      { ...common, raw: 'the start', raw_truncated_from: 5000 },
    ]);
  });

  it('whose data is not JSON, or not what was refused, is a dead letter that is JSON all the same', () => {
    const lines = ['{"n":', '{"n":1}'].map((data) => {
      const refused = { kind: 'invalid_json', message: 'why', line: 3 };
      const of = { source: 's', pipeline: 'p', retry_count: 0, ...(data === '{"n":1}' && { refused }) };
      return `{"id":"x","timestamp":1,"data":${data},"metadata":${JSON.stringify(of)}}`;
    });
    expect(process(`${lines.join('\n')}\n`).letters).toEqual(
      lines.map((raw): unknown => expect.objectContaining({ raw, source: 's' })),
    );
  });

  it('is whole in its dead letter, which names its source and no line', () => {
    const failing = stored('{"n":"x"}');
    expect(process(`${failing}\n`, script(['+', ['$input', '/n'], 1])).letters).toEqual([
      expect.objectContaining({ event: JSON.parse(failing) as unknown, source: 'http', line: null }),
    ]);
    const deep = stored('[[[[[[1]]]]]]');
    expect(process(`${deep}\nno event\n`).letters).toEqual([
      expect.objectContaining({
        error: expect.objectContaining({ kind: 'nested_too_deep' }) as unknown,
        event: JSON.parse(deep) as unknown,
      }),
      expect.objectContaining({ raw: 'no event', source: 'log', line: 1 }),
    ]);
  });
});
