import { describe, expect, it } from 'vitest';
import { createFlood } from '../../../src/cli/serve/flood.js';
import { prettyLine } from '../../../src/cli/serve/pretty.js';
import { PLAIN } from '../../../src/config/diagnostic/index.js';

const pretty = (line: object): string => prettyLine(JSON.stringify(line), PLAIN);

describe('a line of the log for people', () => {
  it('has the time, the level, what happened, and the rest by name', () => {
    const line = {
      level: 'warn',
      time: '2026-01-02T03:04:05.678Z',
      pipeline: 'orders',
      retryMs: 1000,
      msg: 'it waits',
    };
    expect(pretty(line)).toBe('03:04:05.678 warn  it waits pipeline=orders retryMs=1000\n');
  });

  it.each([
    ['has spaces', 'two words', '"two words"'],
    ['would move the cursor', 'a\u001b[2Jb', '"a\\u001b[2Jb"'],
    ['would begin another line', 'a\nb', '"a\\nb"'],
    ['looks like two fields', 'a=b', '"a=b"'],
    ['is empty', '', '""'],
  ])('quotes a value that %s', (_, value, shown) => {
    expect(pretty({ level: 'info', time: '', msg: 'm', value })).toContain(` value=${shown}\n`);
  });
});

describe('a flood', () => {
  it('lets the first lines of each kind through, and tells how many it kept back', () => {
    const flood = createFlood(2);
    expect(['a', 'a', 'b', 'a', 'a'].map((kind) => flood.admits(kind))).toEqual([true, true, true, false, false]);
    expect([...flood.turn()]).toEqual([['a', 2]]);
    expect(flood.admits('a')).toBe(true);
    expect([...flood.turn()]).toEqual([]);
  });
});
