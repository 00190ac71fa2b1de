import { describe, expect, it } from 'vitest';
import { fitting, progressReporter } from '../../../src/cli/run/progress.js';
import type { InputSize } from '../../../src/jobs/run/index.js';
import { noCounts } from '../../../src/pipeline/index.js';

/** What a terminal is told after ten seconds. */
function shown(columns: number, size?: InputSize): string {
  let now = 0;
  let written = '';
  const world = { write: (text: string) => void (written += text), isTty: true, columns, now: () => now };
  const reporter = progressReporter(world, size);
  now = 10_000;
  reporter.update({ counts: { ...noCounts(), input: 1234, deadLettered: 2 }, bytes: 25_000_000 });
  return written.replace('\r\u001b[K', '');
}

describe('the progress of a run', () => {
  it('says how much of the input is done, how long the rest takes, and how fast it goes', () => {
    expect(shown(100, { total: 100_000_000, before: 0 })).toBe(
      '1,234 events · 2 failed · 25 % · ETA 30 s · 123/s · 25.0 MB · 2.5 MB/s',
    );
  });

  it('counts what earlier runs have done, but goes by its own speed', () => {
    expect(shown(100, { total: 100_000_000, before: 50_000_000 })).toContain('· 75 % · ETA 10 s ·');
  });

  it('says nothing of a share where the size is not known', () => {
    expect(shown(100)).toBe('1,234 events · 2 failed · 123/s · 25.0 MB · 2.5 MB/s');
  });

  it.each([1, 10, 20, 30, 40, 60, 80])('fits a terminal of %i columns, and is not cut within a part', (columns) => {
    const line = shown(columns, { total: 100_000_000, before: 0 });
    expect(line.length).toBeLessThan(columns);
    if (columns > 15)
      expect('1,234 events · 2 failed · 25 % · ETA 30 s · 123/s · 25.0 MB · 2.5 MB/s · ').toContain(`${line} · `);
  });

  it('is cut where not even the first part fits', () => {
    expect(fitting(['123456', '7'], 5)).toBe('1234');
  });
});
