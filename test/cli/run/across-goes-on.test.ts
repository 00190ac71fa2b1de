import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';

const CONFIG = `
state_dir: ./state
pipelines:
  batched: { stages: [{ batch: { size: 3 } }] }
  counted: { stages: [{ aggregate: { by: { k: /k }, values: { n: count } } }] }
  chained:
    stages:
      - dedupe: /id
      - batch: { size: 2, by: /k }
      - fold: { start: 0, step: 'let n = $inputs/2 + count($input) in [n, {n, rows: $input}]' }
`;

const row = (id: number): string => `{"id":${id},"k":${id % 3}}\n`;
const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => row(from + index)).join('');

/** What one run over everything writes. */
async function wholeRun(cwd: string, pipeline: string): Promise<string> {
  await runCli(['-p', pipeline, '-o', 'whole.ndjson', 'in.ndjson'], { cwd });
  return readFileSync(join(cwd, 'whole.ndjson'), 'utf8');
}

function folder(): string {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG);
  return cwd;
}

describe('a run with stages that keep events, gone on with', () => {
  it.each(['batched', 'counted', 'chained'])('is as one run when the input has grown: %s', async (pipeline) => {
    const cwd = folder();
    for (const [from, to] of [
      [0, 5],
      [5, 7],
      [7, 7],
      [7, 16],
    ] as const) {
      appendFileSync(join(cwd, 'in.ndjson'), rows(from, to));
      const { exit } = await runCli(['-p', pipeline, '--resume', '-o', 'out.ndjson', 'in.ndjson'], { cwd });
      expect(exit).toBe(0);
      expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(await wholeRun(cwd, pipeline));
    }
  });

  it.each(['batched', 'counted', 'chained'])('is as one run when each has a --limit: %s', async (pipeline) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 8));
    for (let run = 0; run < 5; run++)
      await runCli(['-p', pipeline, '--resume', '--limit', '2', '-o', 'out.ndjson', 'in.ndjson'], { cwd });
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(await wholeRun(cwd, pipeline));
  });

  it('tells damage of what they know, with the way out', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'in.ndjson'), rows(1000, 1400));
    const go = () => runCli(['-p', 'chained', '--resume', '-o', 'out.ndjson', 'in.ndjson'], { cwd });
    await go();
    const [name = ''] = readdirSync(join(cwd, 'state/state'));
    const state = join(cwd, 'state/state', name, 'data.mdb');
    const bytes = readFileSync(state);
    // Also in pages that are old: which of them count, only LMDB knows.
    for (let at = bytes.indexOf('1234'); at !== -1; at = bytes.indexOf('1234', at)) bytes.write('9', at);
    writeFileSync(state, bytes);
    const { exit, stderr } = await go();
    expect(exit).toBe(74);
    expect(stderr).toContain('is damaged');
    expect(stderr).toContain('--restart');
  });
});
