import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventId, eventIdWriter, ID_LENGTH } from '../../src/event/index.js';

const timestamps = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const counters = fc.integer({ min: 0, max: 2 ** 34 - 1 });

describe('an event id', () => {
  it('is a UUIDv7 that carries its time', () => {
    fc.assert(
      fc.property(timestamps, counters, (timestamp, counter) => {
        const id = eventId(timestamp, counter);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(timestamp);
      }),
    );
  });

  it('sorts by time, then by counter', () => {
    fc.assert(
      fc.property(timestamps, counters, timestamps, counters, (t1, c1, t2, c2) => {
        fc.pre(t1 !== t2 || c1 !== c2);
        const earlier = t1 < t2 || (t1 === t2 && c1 < c2);
        expect(eventId(t1, c1) < eventId(t2, c2)).toBe(earlier);
      }),
    );
  });

  it('is another each time, even for the same time and counter', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => eventId(1, 1)));
    expect(ids.size).toBe(1000);
  });
});

describe('an id as bytes', () => {
  it('is the id as text, but for its random part, whichever was there before', () => {
    fc.assert(
      fc.property(timestamps, fc.array(counters), (timestamp, all) => {
        const bytes = new Uint8Array(ID_LENGTH);
        const write = eventIdWriter(bytes, timestamp);
        for (const counter of all) {
          write(counter);
          const text = Buffer.from(bytes).toString();
          expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
          expect(text.slice(0, 26)).toBe(eventId(timestamp, counter).slice(0, 26));
        }
      }),
    );
  });

  it('is another each time', () => {
    const bytes = new Uint8Array(ID_LENGTH);
    const write = eventIdWriter(bytes, 1);
    const ids = Array.from({ length: 1000 }, () => {
      write(1);
      return Buffer.from(bytes).toString();
    });
    expect(new Set(ids).size).toBe(1000);
  });
});
