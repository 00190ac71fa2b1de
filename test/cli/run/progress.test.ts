import { describe, expect, it } from 'vitest';
import { progressReporter } from '../../../src/cli/run/progress.js';
import { columnsOf, fitting } from '../../../src/cli/terminal/fitting.js';
import type { InputSize } from '../../../src/jobs/run/index.js';
import { noCounts } from '../../../src/pipeline/index.js';

/** What is said after ten seconds. */
function shown(columns: number, size?: InputSize, redraws = true): string {
  let now = 0;
  let written = '';
  const world = {
    write: (text: string) => void (written += text),
    redraws,
    columns: () => columns,
    rows: () => 24,
    now: () => now,
  };
  const reporter = progressReporter(world, size);
  now = redraws ? 10_000 : 30_000;
  reporter.update({ counts: { ...noCounts(), input: 1234, deadLettered: 2 }, bytes: 25_000_000 });
  const said = written;
  reporter.close();
  return said;
}

const SIZE = { total: 100_000_000, before: 0 };
const WORDS = '25 % · 1,234 events · 2 failed · ETA 30 s · 123/s · 25.0 MB · 2.5 MB/s';

describe('the progress of a run', () => {
  it('says how much of the input is done, with a bar, how long the rest takes, and how fast it goes', () => {
    expect(shown(100, SIZE)).toBe(`━━━━━─────────────── ${WORDS}`);
  });

  it('counts what earlier runs have done, but goes by its own speed', () => {
    expect(shown(100, { total: 100_000_000, before: 50_000_000 })).toMatch(/^━{15}─{5} 75 % · .* · ETA 10 s ·/);
  });

  it('says nothing of a share where the size is not known', () => {
    expect(shown(100)).toBe('1,234 events · 2 failed · 123/s · 25.0 MB · 2.5 MB/s');
  });

  it('is a plain line without a bar where it can not be redrawn', () => {
    expect(shown(100, SIZE, false)).toBe(
      'colloquium: 25 % · 1,234 events · 2 failed · ETA 1 min 30 s · 41/s · 25.0 MB · 0.8 MB/s\n',
    );
  });

  it.each([1, 10, 20, 30, 40, 60, 80])('fits a terminal of %i columns, and is not cut within a part', (columns) => {
    const line = shown(columns, SIZE);
    expect(columnsOf(line)).toBeLessThan(columns);
    if (columns > 15) expect(`${WORDS} · `).toContain(`${line.replace(/^[━─]+ /, '')} · `);
    expect(line.startsWith('━')).toBe(columns >= 60);
  });

  it('is cut where not even the first part fits', () => {
    expect(fitting(['123456', '7'], 5)).toBe('1234');
  });

  it('counts two columns for letters that take two', () => {
    expect(fitting(['日本語', 'x'], 6)).toBe('日本');
  });
});
