import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEngines } from '../../../../src/jobs/engines/engines.js';
import { retryLetters } from '../../../../src/jobs/daemon/dashboard/retry-letters.js';
import { resolveServe } from '../../../../src/cli/serve/resolve.js';
import { Log, nodeWorld } from '../../../../src/log/index.js';
import { stdoutSink } from '../../../../src/sinks/index.js';
import { faultyWorld } from '../../../log/support/faulty-disk.js';
import { scratch } from '../../../support/cli.js';

const CONFIG = `
state_dir: ./state
storage: { disk_path: ./data }
pipelines:
  default:
    stages: [{ computo: ["if", ["==", ["$input"], 3], ["$input", "/nothing"], ["$input"]] }]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`;

const letter = (n: number): string =>
  `{"event":{"id":"${n}","timestamp":1,"data":${n},"metadata":{"source":"s","pipeline":"default","retry_count":0}}}\n`;

/** Drives ten letters, with a clock that goes on by so much at each look. */
async function drive(
  cwd: string,
  tickMs: number,
  onHandOver: (ending: AbortController) => void = () => undefined,
  world = nodeWorld(),
) {
  const plan = await resolveServe({ config: join(cwd, 'colloquium.yaml') });
  const engines = await openEngines({ ...plan, live: false }, () => undefined);
  const log = await Log.open(nodeWorld(), { ...plan.log, keys: false });
  const ending = new AbortController();
  let elapsed = 0;
  let handedOver = 0;
  const progress: number[] = [];
  const report = await retryLetters(plan, {
    world: { ...world, elapsed: () => (elapsed += tickMs), wait: () => Promise.resolve() },
    signal: ending.signal,
    talk: { notice: () => undefined, letters: stdoutSink() },
    onDelivered: () => undefined,
    onProgress: ({ retried }) => progress.push(retried),
    async handOver(name, work) {
      const pipeline = plan.pipelines.find(({ spec }) => spec.name === name);
      if (pipeline === undefined) return false;
      handedOver += 1;
      await work({ pipeline, engine: engines.engineOf(pipeline), link: undefined, log });
      onHandOver(ending);
      return true;
    },
  }).finally(() => log.close());
  return { report, handedOver, progress };
}

function tenLetters(): string {
  const cwd = scratch();
  mkdirSync(join(cwd, 'data'));
  writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG);
  writeFileSync(join(cwd, 'dead.ndjson'), Array.from({ length: 10 }, (_, n) => letter(n)).join(''));
  return cwd;
}

const numbersIn = (cwd: string): number[] =>
  existsSync(join(cwd, 'out.ndjson'))
    ? readFileSync(join(cwd, 'out.ndjson'), 'utf8').split('\n').slice(0, -1).map(Number)
    : [];

describe('Driving dead letters again in a daemon', () => {
  it('takes the outputs for a moment at a time, and drives each letter once', async () => {
    const cwd = tenLetters();
    const outAt: number[] = [];
    const { report, handedOver, progress } = await drive(cwd, 600, () => outAt.push(numbersIn(cwd).length));
    expect(report).toEqual({ input: 10, output: 9, filtered: 0, dead_lettered: 1, left: 0, driven_before: 0 });
    expect(numbersIn(cwd)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
    expect(handedOver).toBeGreaterThan(3);
    expect(outAt.slice(0, 2).every((count) => count < 9)).toBe(true);
    expect(progress).toHaveLength(10);
    expect((await drive(cwd, 600)).report).toMatchObject({ input: 1, dead_lettered: 1 });
  });

  it('ends when the daemon does, and goes on where it was the next time', async () => {
    const cwd = tenLetters();
    const { report } = await drive(cwd, 600, (ending) => ending.abort());
    expect(report.stopped).toBe('the daemon ends');
    const before = numbersIn(cwd).length;
    expect(before).toBeLessThan(9);
    expect((await drive(cwd, 0)).report.input).toBe(10 - report.input);
    expect(numbersIn(cwd)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
  });

  it('drives no letter twice when it ends between the checkpoint of the outputs and its note', async () => {
    const cwd = tenLetters();
    const ends = faultyWorld(({ op, file }) =>
      op === 'rename' && file.startsWith('dead') ? { code: 'EIO' } : undefined,
    );
    await expect(drive(cwd, 0, undefined, ends)).rejects.toThrow('EIO');
    expect(numbersIn(cwd)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
    expect((await drive(cwd, 0)).report).toMatchObject({ input: 1, dead_lettered: 1 });
    expect(numbersIn(cwd)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
    // The note is by itself now: the pipeline writes its checkpoint often, and need not carry it.
    const folder = join(cwd, 'state/checkpoints');
    const [checkpoint = ''] = readdirSync(folder).filter((name) => name.endsWith('.checkpoint'));
    expect(readFileSync(join(folder, checkpoint), 'utf8')).toContain('"driven":{}');
  });
});
