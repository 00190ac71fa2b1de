import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/cli/terminal/fitting.js';
import { scratch } from '../../support/cli.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { colloquium, onTerminal, type Seen } from '../../support/terminal.js';
import { configOf, providerOf, REQUEST, rowsOf } from '../ai-stage.js';

const EVENTS = 16_000;
/** Takes a while for each event, so that there is something to show. */
const SLOW = `-e '{/n, sum: list.sum(map(list.range(300), i => i * /n))}' big.ndjson`;

const percentOf = (frame: readonly string[] = []): number => Number(/([0-9]+) %/.exec(frame.join())?.[1]);

/** What is left on the terminal of a run: its last words, and nothing of what was drawn. */
function expectClean({ lines }: Seen): void {
  expect(lines.join('')).toMatch(/^colloquium: [0-9,]+ in, [0-9,]+ out \([0-9.]+ s\)/);
  expect(lines.join('')).not.toContain('ETA');
}

describe('progress on a terminal', () => {
  const cwd = scratch();
  beforeAll(() => {
    const lines = Array.from({ length: EVENTS }, (_, n) => `{"n":${n}}\n`);
    writeFileSync(join(cwd, 'big.ndjson'), lines.join(''));
  });

  it.each([20, 40, 80, 200])('fits %i columns, is redrawn in place, and gone in the end', async (columns) => {
    const seen = await onTerminal(cwd, `${colloquium} ${SLOW} -o out-${columns}.ndjson`, { columns });
    const drawn = seen.frames.filter((frame) => frame.join() !== '');
    expect(drawn.length).toBeGreaterThan(0);
    for (const frame of drawn) {
      expect(frame).toHaveLength(1);
      expect(columnsOf(frame[0] ?? '')).toBeLessThan(columns);
      expect(frame[0]).toMatch(columns < 60 ? /^[0-9]+ %/ : /^[━─]{20} [0-9]+ % · [0-9,]+ events · ETA /);
    }
    expectClean(seen);
  });

  it('shows, right after a resume, what earlier runs have done', async () => {
    const run = `${colloquium} ${SLOW} --resume -o resumed.ndjson`;
    await onTerminal(cwd, `${run} --limit ${EVENTS / 2} -q`, { columns: 80 });
    const { frames } = await onTerminal(cwd, run, { columns: 80 });
    expect(frames.length).toBeGreaterThan(0);
    expect(percentOf(frames.find((frame) => frame.join() !== ''))).toBeGreaterThanOrEqual(45);
    expect(readFileSync(join(cwd, 'resumed.ndjson'), 'utf8').split('\n')).toHaveLength(EVENTS + 1);
  });

  it.each(['| cat', '| cat | cat', '| while read -r line; do echo "$line"; done', ''])(
    'overwrites no result that comes to the same terminal: %s',
    async (rest) => {
      const { written, lines } = await onTerminal(cwd, `${colloquium} ${SLOW} --limit 5000 ${rest}`, { columns: 80 });
      expect(written).not.toContain('\u001b');
      expect(lines.filter((line) => line.startsWith('{"n":'))).toHaveLength(5000);
    },
  );

  it.each(['| cat > piped.ndjson', '| cat | cat > piped.ndjson', '> piped.ndjson'])(
    'is shown where results go elsewhere: %s',
    async (rest) => {
      const seen = await onTerminal(cwd, `${colloquium} ${SLOW} ${rest}`, { columns: 80 });
      expect(seen.frames.length).toBeGreaterThan(0);
      expectClean(seen);
      expect(readFileSync(join(cwd, 'piped.ndjson'), 'utf8').split('\n')).toHaveLength(EVENTS + 1);
    },
  );

  it.each([
    [80, 24],
    [30, 24],
    [80, 2],
  ])('of AI stages is a block that fits %i columns and %i rows, and makes way', async (columns, rows) => {
    const provider = await startFakeProvider({ wire: 'openai' });
    const folder = scratch();
    const limits = ', kind: openai, rate_limit: { requests_per_minute: 300 }';
    const config = configOf(
      { openai: providerOf(provider, limits) },
      { stages: [`{ into: /a, request: ${REQUEST} }`], more: 'cost_management: { daily_budget: 10 }\n' },
    );
    writeFileSync(join(folder, 'colloquium.yaml'), config);
    writeFileSync(join(folder, 'rows.ndjson'), `${rowsOf(6)}nope\n${rowsOf(6)}`);
    const seen = await onTerminal(folder, `${colloquium} rows.ndjson -o out.ndjson`, { columns, rows });
    const drawn = seen.frames.filter((frame) => frame.join() !== '' && !frame.join().includes('rows.ndjson:7'));
    expect(drawn.length).toBeGreaterThan(0);
    for (const frame of drawn) {
      expect(frame.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
      for (const line of frame) expect(columnsOf(line)).toBeLessThan(columns);
    }
    const last = drawn.at(-1)?.join('\n') ?? '';
    if (columns === 80) expect(last).toMatch(/^[━─]{20} [0-9]+ % · [0-9]+ done/);
    if (columns === 80 && rows > 2) {
      expect(last).toMatch(/\n[0-9]+ in flight · \$[0-9.]+ spent · \$[0-9.]+ left\nopenai: answers in /);
    }
    expect(seen.lines.join('')).toMatch(/^rows\.ndjson:7: .*colloquium: 13 in, 12 out, 1 dead-lettered/);
    expect(seen.lines.join('')).not.toContain('in flight');
    await provider.close();
  });
});
