import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../../src/cli/flags/moment.js';

const NOW = Date.parse('2026-07-11T12:00:00Z');
const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`);

describe('a moment', () => {
  it.each([
    ['90m', '2026-07-11T10:30:00Z'],
    ['7d', '2026-07-04T12:00:00Z'],
    ['2026-01-02T03:04Z', '2026-01-02T03:04:00Z'],
    ['2026-01-02T03:04:05.5+01:00', '2026-01-02T02:04:05.5Z'],
    [String(NOW), '2026-07-11T12:00:00Z'],
    ['2026-02-28', '2026-02-28T12:00:00Z'],
    ['9999w', '1970-01-01T00:00:00Z'],
  ])('%s is %s', (text, time) => {
    const expected = text === '9999w' ? 0 : Date.parse(time);
    expect(parseMoment(text, text === '9999w' ? 1 : NOW, noon)).toBe(expected);
  });

  it.each([
    '',
    '1752195600',
    'yesterday',
    '2026-02-30',
    '2026-02-30T00:00Z',
    '2026-01-02T03:04',
    '12',
    '7 days',
    '-3d',
  ])('%j is none', (text) => {
    expect(parseMoment(text, NOW, noon)).toBeUndefined();
  });
});
