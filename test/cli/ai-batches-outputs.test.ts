import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect } from 'vitest';
import { resultOf, startCli } from '../support/cli.js';
import { until } from '../support/daemon.js';
import { each } from '../support/runs.js';
import { aiStage, configOf, providerOf, rowsOf, type AiStage } from './ai-stage.js';

const ROWS = 12;
const BATCH = ['run', '--lane', 'batch', '--no-progress'];

describe('the outputs of run --lane batch', () => {
  let stage: AiStage;
  afterEach(() => stage.close());

  each(2)([
    ['a file that is not there yet', 'out.ndjson', ['-o', 'out.ndjson'], false],
    ['a file that is there', 'out.ndjson', ['-o', 'out.ndjson'], true],
    ['a file in a folder that is not there yet', 'new/out.ndjson', ['-o', 'new/out.ndjson'], false],
    ['an output of the config', 'kept/out.ndjson', [], false],
    ['a file that the run may go on with', 'out.ndjson', ['--resume', '-o', 'out.ndjson'], false],
  ])('are its own while its batches are out: %s', async (_, out, flags, isThere) => {
    stage = aiStage();
    let looks = Infinity;
    const batches = {
      get looks() {
        return looks;
      },
    };
    const fake = await stage.fake({ batches });
    const outputs = flags.length === 0 ? '    outputs: [{ file: ./kept/out.ndjson }]\n' : '';
    stage.write('colloquium.yaml', configOf({ openai: providerOf(fake) }) + outputs);
    stage.write('in.ndjson', rowsOf(ROWS));
    stage.write('other.ndjson', rowsOf(1));
    if (isThere) stage.write(out, '');
    const child = startCli([...BATCH, ...flags, 'in.ndjson'], { cwd: stage.cwd });
    const ended = resultOf(child);
    await until(() => fake.batches.length === 1, 'its batch is out');

    for (const others of [
      [...BATCH, ...flags, 'other.ndjson'],
      ['run', ...flags, 'other.ndjson'],
    ]) {
      const refused = await stage.run(others);
      expect([refused.exit, refused.stderr]).toEqual([
        2,
        expect.stringContaining(`it is in use: process ${child.pid} (colloquium run) has it since`),
      ]);
    }
    expect([fake.batches.length, fake.records.length]).toEqual([1, 0]);
    expect(existsSync(join(stage.cwd, out))).toBe(isThere);

    looks = 0;
    const first = await ended;
    expect(first.exit, first.stderr).toBe(0);
    expect(stage.read(out).trimEnd().split('\n')).toHaveLength(ROWS);
    // It has given them back.
    const next = await stage.run(['run', '-o', out, 'other.ndjson']);
    expect(next.exit, next.stderr).toBe(0);
  });
});
