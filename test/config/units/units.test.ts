import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DURATION_PATTERN,
  isLoopback,
  momentProblem,
  parseDuration,
  parseMoment,
  parseSize,
  SIZE_PATTERN,
} from '../../../src/config/units/index.js';

describe('sizes', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['512B', 512],
    ['1k', 1024],
    ['64KB', 65_536],
    ['100MB', 104_857_600],
    ['100 mb', 104_857_600],
    ['16MiB', 16_777_216],
    ['1.5GiB', 1_610_612_736],
    ['2T', 2_199_023_255_552],
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
    expect(text).toMatch(new RegExp(SIZE_PATTERN));
  });

  it.each(['', 'MB', '-1', '1XB', '1 2', '1e3', '0x10', '9999999T', '1.', '.5'])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['1.5 h', 5_400_000],
  ])('%s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
    expect(text).toMatch(new RegExp(DURATION_PATTERN));
  });

  it.each(['', '5', 's', '-1s', '5 lightyears', '1e3s', '99999999999w', '5M'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

it('never takes a text that its pattern refuses', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('019. kMgBismhd')) }), (text) => {
      if (parseSize(text) !== undefined) expect(text).toMatch(new RegExp(SIZE_PATTERN));
      if (parseDuration(text) !== undefined) expect(text).toMatch(new RegExp(DURATION_PATTERN));
    }),
  );
});

describe('a number for a moment', () => {
  it.each(['100000000', '1752195600', '99999999999'])('that seems to be in seconds is none: %s', (text) => {
    expect(parseMoment(text, Date.now())).toBeUndefined();
    expect(momentProblem(text)).toBe(`must be in milliseconds, and ${text} seems to be in seconds: write ${text}000`);
  });

  it.each([0, 12, 99_999_999, 100_000_000_000, 1_752_195_600_000])('is in milliseconds: %d', (ms) => {
    expect(parseMoment(String(ms), Date.now())).toBe(ms);
  });
});

it.each([
  ['localhost', true],
  ['a.b.localhost.', true],
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.0.0.1.example.com', false],
  ['notlocalhost', false],
  ['localhost.example.com', false],
  ['10.0.0.1', false],
])('%s leads to this machine only: %s', (host, leads) => {
  expect(isLoopback(host)).toBe(leads);
});
