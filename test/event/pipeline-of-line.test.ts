import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envelopeText, pipelineOfLine, readStoredEvent } from '../../src/event/index.js';

const event = fc
  .record({
    data: fc.constantFrom('1', '{"a":",\\"metadata\\":{"}', '{"data":1,"metadata":{"pipeline":"x"}}'),
    pipeline: fc.constantFrom('a', 'b', 'aa'),
    source: fc.constantFrom('s', 'é'),
  })
  .map(({ data, pipeline, source }) =>
    envelopeText('id', 5, data, { source, pipeline, key: undefined, retryCount: 0 }),
  );
const noEvent = fc.constantFrom(
  '',
  '}',
  '"}}',
  '{"id":7,"data":1,"metadata":{"source":"s","pipeline":"a","retry_count":0}}',
);

describe('which pipeline a stored event was sent to', () => {
  it('is read off its line as it is read from the whole event, whatever lines came before', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: event }, noEvent), { maxLength: 12 }), (lines) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const pipelineOf = pipelineOfLine();
        let at = 0;
        for (const line of lines) {
          const end = at + Buffer.byteLength(line);
          const expected = readStoredEvent(line)?.origin.pipeline;
          // What is not an event may end like one: its dead letter is then that pipeline's.
          expect([expected, expected ?? 'a']).toContain(pipelineOf(bytes, at, end));
          at = end + 1;
        }
      }),
      { numRuns: 300 },
    );
  });
});
