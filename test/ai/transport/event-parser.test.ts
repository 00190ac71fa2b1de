import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser } from '../../../src/ai/transport/index.js';

function parsed(pieces: readonly string[]): readonly { name: string; data: string }[] {
  const parser = new EventParser();
  return [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.end()];
}

describe('a stream of events', () => {
  it.each<[string, string, readonly (readonly [string, string])[]]>([
    ['has data', 'data: a\n\n', [['', 'a']]],
    [
      'has data without a space',
      'data:a\n\ndata:  b\n\n',
      [
        ['', 'a'],
        ['', ' b'],
      ],
    ],
    [
      'has names, which do not last',
      'event: x\ndata: a\n\ndata: b\n\n',
      [
        ['x', 'a'],
        ['', 'b'],
      ],
    ],
    ['has data of several lines', 'data: a\ndata:\ndata: b\n\n', [['', 'a\n\nb']]],
    ['has comments, ids and what nobody knows', ': hi\nid: 1\nretry: 5\nfoo\ndata: a\n:\n\n', [['', 'a']]],
    ['has events without data', 'event: ping\n\n\n\ndata: a\n\n', [['', 'a']]],
    [
      'ends without an empty line',
      'data: a\n\ndata: b',
      [
        ['', 'a'],
        ['', 'b'],
      ],
    ],
  ])('%s', (_what, text, events) => {
    for (const end of ['\n', '\r\n', '\r']) {
      const lines = text.replaceAll('\n', end);
      const expected = events.map(([name, data]) => ({ name, data }));
      expect(parsed([lines])).toEqual(expected);
      expect(parsed(lines.match(/[^]/g) ?? [])).toEqual(expected);
    }
  });

  it('is the same wherever it is cut', () => {
    const text = fc.array(fc.constantFrom('data: ä€', 'event: x', ':', '\r', '\n', '\r\n', ' b'), { maxLength: 30 });
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 60 })), (words, cuts) => {
        const whole = words.join('');
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((end, i) => whole.slice(places[i], end));
        expect(parsed(pieces)).toEqual(parsed([whole]));
      }),
    );
  });
});
