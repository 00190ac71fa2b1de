import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAt, nextDayStart } from '../../src/ai/calendar.js';

describe('the calendar', () => {
  it.each([
    ['UTC', '2026-01-01T00:00:00Z', '2026-01-01', '2026-01-02T00:00:00Z'],
    ['Europe/Berlin', '2026-01-01T23:30:00Z', '2026-01-02', '2026-01-02T23:00:00Z'],
    // Clocks go forward: that day has 23 hours.
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29', '2026-03-29T22:00:00Z'],
    ['America/Los_Angeles', '2026-01-01T07:59:59Z', '2025-12-31', '2026-01-01T08:00:00Z'],
    // Samoa had no 30 December 2011.
    ['Pacific/Apia', '2011-12-30T09:00:00Z', '2011-12-29', '2011-12-30T10:00:00Z'],
  ])('of %s has at %s the day %s, until %s', (zone, time, day, next) => {
    expect(dayAt(Date.parse(time), zone)).toBe(day);
    expect(new Date(nextDayStart(Date.parse(time), zone)).toISOString()).toBe(new Date(next).toISOString());
  });

  it('never has a next day that is today', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Pacific/Apia',
      'Australia/Lord_Howe',
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: Date.UTC(2040, 0) }), (zone, time) => {
        const next = nextDayStart(time, zone);
        expect(dayAt(next - 1, zone)).toBe(dayAt(time, zone));
        expect(dayAt(next, zone)).not.toBe(dayAt(time, zone));
      }),
    );
  });

  it('knows no zone that is none', () => {
    expect(() => dayAt(0, 'Mars/Olympus')).toThrow(RangeError);
  });
});
