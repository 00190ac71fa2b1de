import { describe, expect, it } from 'vitest';
import { guardedLine, isIntact, readGuardedLine, STRIPPED_BYTES } from '../../../src/log/format/line.js';
import { stripRun } from '../../../src/log/read/strip.js';

describe('a guarded line', () => {
  it('ends in a crc that is taken off when it is read', () => {
    const line = guardedLine({ a: 1, text: 'ü"\n' });
    expect(line.toString('utf8')).toMatch(/^\{"a":1,"text":"ü\\"\\n","crc":"[0-9a-f]{8}"\}\n$/);
    expect(readGuardedLine(line.subarray(0, -1))).toEqual({ a: 1, text: 'ü"\n' });
  });

  it('has the crc that zlib and gzip know by the same name', () => {
    // The check value of CRC-32/ISO-HDLC is that of the digits 1 to 9.
    const line = Buffer.from('123456789,"crc":"cbf43926"}');
    expect(isIntact(line, 0, line.length)).toBe(true);
  });

  it('is not intact when a digit of the crc is written large', () => {
    const line = Buffer.from('123456789,"crc":"CBF43926"}');
    expect(isIntact(line, 0, line.length)).toBe(false);
  });

  it.each(['', '}', '"}', ',"crc":"00000000"}', 'null', '{"a":1}'])('is not what %j is', (text) => {
    const line = Buffer.from(text);
    expect(isIntact(line, 0, line.length)).toBe(false);
    expect(readGuardedLine(line)).toBeUndefined();
  });

  it('loses its crc in place, run by run', () => {
    const lines = [guardedLine({ a: 1 }), guardedLine({ bb: 22 }), Buffer.from('damaged\n'), guardedLine({ c: 3 })];
    const buffer = Buffer.concat(lines);
    const first = stripRun(buffer, 0, buffer.length);
    expect(first.records).toBe(2);
    expect(buffer.toString('utf8', 0, first.end)).toBe('{"a":1}\n{"bb":22}\n');
    expect(first.next).toBe(first.end + 2 * STRIPPED_BYTES);
    const secondStart = first.next + 'damaged\n'.length;
    const second = stripRun(buffer, secondStart, buffer.length);
    expect(buffer.toString('utf8', secondStart, second.end)).toBe('{"c":3}\n');
    expect(second.next).toBe(buffer.length);
  });
});
