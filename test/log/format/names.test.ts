import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, LOG_START, parsePosition } from '../../../src/log/index.js';
import { idOfLine, isId, timestampOfLine } from '../../../src/event/index.js';
import { recordRoom, writeRecord } from '../../../src/log/format/record.js';
import { parseSegmentFile, segmentFile } from '../../../src/log/format/segment-name.js';

describe("a segment's name", () => {
  it('sorts by time and is read back', () => {
    const names = [
      { number: 1, firstTimestamp: 0 },
      { number: 2, firstTimestamp: 999_999_999_999 },
      { number: 3, firstTimestamp: 1_752_195_600_000 },
      { number: 4, firstTimestamp: 1_752_195_600_000 },
      { number: 1_000_000, firstTimestamp: 9_000_000_000_000 },
    ];
    const files = names.map((name) => segmentFile(name, 'ndjson'));
    expect(files.toSorted()).toEqual(files);
    expect(files.map((file) => parseSegmentFile(file))).toEqual(names.map((name) => ({ name, kind: 'ndjson' })));
  });

  it.each([
    'lock.1',
    'keys',
    '1-1.ndjson',
    '001752195600000-0000000042.ndjson.gz.tmp',
    '001752195600000-0000000042.txt',
  ])('is not %s', (file) => {
    expect(parseSegmentFile(file)).toBeUndefined();
  });
});

describe('a position', () => {
  it('goes through JSON', () => {
    const position = { segment: 7, offset: 123_456_789_012 };
    expect(parsePosition(JSON.parse(JSON.stringify(position)))).toEqual(position);
  });

  it.each([
    null,
    7,
    'x',
    [],
    {},
    { segment: 1 },
    { segment: '1', offset: 0 },
    { segment: -1, offset: 0 },
    { segment: 1, offset: 0.5 },
  ])('is not %j', (value) => {
    expect(parsePosition(value)).toBeUndefined();
  });

  it('is before another in an earlier segment, or earlier in the same', () => {
    const row = [LOG_START, { segment: 1, offset: 0 }, { segment: 1, offset: 9 }, { segment: 2, offset: 0 }];
    for (const [i, a] of row.entries()) {
      for (const [k, b] of row.entries()) expect(Math.sign(comparePositions(a, b))).toBe(Math.sign(i - k));
    }
  });
});

describe("a record's line", () => {
  it('fits the room that is asked for it, and shows its id and time', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[!#-[\]-~]{1,128}$/),
        fc.nat({ max: 2 ** 48 - 1 }),
        fc.jsonValue(),
        fc.boolean(),
        (id, timestamp, value, asBytes) => {
          const text = JSON.stringify(value);
          const record = { id, timestamp, data: asBytes ? Buffer.from(text) : text, metadata: '{"s":"ü€😀"}' };
          const room = recordRoom(record);
          const buffer = Buffer.alloc(room + 3, 0xff);
          const end = writeRecord(buffer, 3, record);
          expect(end).toBeLessThanOrEqual(room + 3);
          expect(idOfLine(buffer, 3)).toBe(id);
          expect(timestampOfLine(buffer, 3)).toBe(timestamp);
          const { crc, ...event } = JSON.parse(buffer.toString('utf8', 3, end)) as Record<string, unknown>;
          expect(crc).toMatch(/^[0-9a-f]{8}$/);
          expect(event).toEqual({ id, timestamp, data: JSON.parse(text) as unknown, metadata: { s: 'ü€😀' } });
        },
      ),
    );
  });

  it.each([
    '{"idx":"a","timestamp":1,',
    '{"id":"a","timestamp":,x',
    '{"id":"a","time":1,',
    '',
    '{"id":"a',
    '{"id":"a","timestamp":12',
  ])('is not %j', (text) => {
    const buffer = Buffer.from(text);
    const timestamp = timestampOfLine(buffer, 0);
    expect(timestamp === undefined || Number.isNaN(timestamp)).toBe(!text.includes('":,'));
  });

  it.each([
    ['018f', true],
    ['order-17/a', true],
    ['', false],
    ['with blank', false],
    ['quo"te', false],
    ['back\\slash', false],
    ['ü', false],
    ['x'.repeat(129), false],
  ])('can carry the id %j: %s', (id, can) => {
    expect(isId(id)).toBe(can);
  });
});
