import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/json/index.js';
import { blockProcessor, type BlockOptions } from '../../../src/pipeline/block-processor.js';
import { workerExecutor } from '../../../src/pipeline/threads/worker-executor.js';
import type { Block } from '../../../src/sources/index.js';
import { packageFolder, resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { scriptStage } from '../../support/script-stage.js';

/** Ten blocks and more of lines of many lengths, some of which fail, are blank or are no JSON at all. */
function manyLines(): string {
  const lines = Array.from({ length: 20_000 }, (_, n) => {
    if (n % 997 === 0) return '';
    if (n % 1999 === 0) return `{"n":${n},`;
    if (n % 499 === 0) return `{"other":${n}}`;
    return JSON.stringify({ n, text: 'x'.repeat((n * 7919) % 300) });
  });
  return `${lines.join('\n')}\n`;
}

const SCRIPT = '["obj", "n", ["*", ["$input", "/n"], 2], "text", ["$input", "/text"]]';

describe('several threads', () => {
  const cwd = scratch();
  const input = join(cwd, 'in.ndjson');
  beforeAll(() => writeFileSync(input, manyLines()));

  async function run(workers: string, ...args: string[]) {
    const dead = join(cwd, `dead-${workers}.ndjson`);
    rmSync(dead, { force: true });
    const result = await runCli(['-e', SCRIPT, '-j', workers, '--dead-letter', dead, ...args, input], { cwd });
    // An id is random in part, and time passes.
    const letters = readFileSync(dead, 'utf8').replaceAll(/"id":"[^"]*","timestamp":\d+/g, '"id"');
    return { ...result, stderr: result.stderr.replace(/\([0-9.]+ s\)/, ''), letters };
  }

  it('change nothing: order, dead letters, line numbers and counts are those of one thread', async () => {
    const alone = await run('1');
    expect(alone.exit).toBe(3);
    expect(alone.letters).toContain('"line":500}');
    expect(await run('2')).toEqual(alone);
    expect(await run('4')).toEqual(alone);
  });

  it('stop at the first failed event, and give what stands before it', async () => {
    const alone = await run('1', '--strict');
    expect(alone.letters.trimEnd().split('\n')).toHaveLength(1);
    expect(await run('3', '--strict')).toEqual(alone);
  });

  it('take no more events than --limit', async () => {
    const few = await run('2', '--limit', '3');
    expect(few.stdout.trimEnd().split('\n')).toHaveLength(3);
  });
});

it('several threads look up the rows that the table had when the run began, whatever becomes of its file', async () => {
  const cwd = scratch();
  const table = join(cwd, 't.csv');
  writeFileSync(table, `k,v\n${Array.from({ length: 1000 }, (_, n) => `${n},first ${n}\n`).join('')}`);
  const lines = Array.from({ length: 300_000 }, (_, n) => `{"n":${n % 2000},"text":"${'x'.repeat(50)}"}\n`);
  writeFileSync(join(cwd, 'in.ndjson'), lines.join(''));
  const args = ['-e', '{/n, row: table.get("t", /n)/v ?? null}', '--table', 't=t.csv:k', 'in.ndjson'];
  const alone = await runCli([...args, '-j', '1'], { cwd });
  const child = startCli([...args, '-j', '2'], { cwd });
  const ended = resultOf(child);
  child.stdout?.once('data', () => writeFileSync(table, 'k,v\n1,second\n'));
  const both = await ended;
  expect(both.stdout === alone.stdout).toBe(true);
  expect(both.exit).toBe(0);
  expect(both.stdout).toContain('{"n":7,"row":"first 7"}\n');
  expect(readFileSync(table, 'utf8')).toContain('second');
});

describe('a worker', () => {
  it('gives what this thread would, numbers that only text holds included', async () => {
    const data = parseJson('{"k":[12345678901234567890,1e400]}');
    const options: BlockOptions = {
      pipeline: {
        name: 'default',
        stages: [scriptStage('computo', 'change', ['obj', 'k', ['$input', '/k']])],
        outputs: [{ envelope: false }, { envelope: false }],
        onError: { kind: 'default', data },
      },
      strict: false,
      depthMax: 100,
      lineBytesMax: 1000,
      rawMax: 1000,
    };
    const here = blockProcessor(options);
    let doneHere = 0;
    const process = (...[block, meta]: Parameters<typeof here>): ReturnType<typeof here> => {
      doneHere += 1;
      return here(block, meta);
    };
    const counted = Object.assign(process, { memory: here.memory });
    const executor = workerExecutor(options, counted, 1, pathToFileURL(join(packageFolder, 'dist/worker.js')));
    const block = (): Block => {
      const bytes = Buffer.from('{"k":1}\n{"j":2}\nno JSON\n\n{"k":0.10}\n');
      return { kind: 'lines', source: 'in', startsFile: true, bytes };
    };
    const meta = { source: 'in', timestamp: 1, counter: 0 };
    const expected = here(block(), meta);
    try {
      // This thread does the work until the worker is up.
      for (let before = -1; before < doneHere;) {
        before = doneHere;
        expect(await executor.submit(block(), meta)).toEqual(expected);
        await sleep(5);
      }
      const all = await Promise.all(Array.from({ length: 5 }, () => executor.submit(block(), meta)));
      expect(all).toEqual(Array.from({ length: 5 }, () => expected));
    } finally {
      await executor.close();
    }
  });
});
