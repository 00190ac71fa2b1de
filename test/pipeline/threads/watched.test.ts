import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Json } from 'computo-js';
import { afterEach, describe, expect, it } from 'vitest';
import { watchedExecutor, type BlockOptions, type WatchedOptions } from '../../../src/pipeline/index.js';
import type { OnErrorPlan } from '../../../src/config/index.js';
import type { WatchedExecutor } from '../../../src/pipeline/threads/watched-executor.js';
import { SpareMemory, type Block } from '../../../src/sources/index.js';
import { tables } from '../../../src/sources/tables/index.js';
import { realClock } from '../../../src/world/index.js';
import { packageFolder, scratch } from '../../support/cli.js';
import { until } from '../../support/daemon.js';
import { scriptStage } from '../../support/script-stage.js';

const script = pathToFileURL(join(packageFolder, 'dist/worker.js'));
const meta = { source: 'in', timestamp: 1, counter: 0 };

/** For a thousand items it takes longer than anybody waits, for none it is over at once. */
const FOR_EVER = ['a', 'b', 'c', 'd', 'e', 'f'].reduce(
  (body: unknown, name): unknown => ['every', ['$input', '/items'], ['lambda', [name], body]],
  ['==', 1, 1],
);
const HANGING = `{"n":"hangs","items":${JSON.stringify(Array.from({ length: 1000 }, () => 0))}}`;
const line = (n: number): string => `{"n":${n},"items":[]}`;

function optionsOf(onError: OnErrorPlan): BlockOptions {
  const value = ['if', FOR_EVER, ['$input', '/n'], 0] as Json;
  return {
    pipeline: {
      name: 'default',
      stages: [scriptStage('computo', 'all', value, { limits: { steps: 1e15 } })],
      outputs: [{ envelope: false }, { envelope: false, when: ['none'] }],
      onError,
    },
    strict: false,
    depthMax: 100,
    lineBytesMax: 1 << 20,
    rawMax: 10,
  };
}

function blockOf(lines: readonly string[], more: Partial<Block> = {}): Block {
  const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(''));
  return { kind: 'lines', source: 'in', startsFile: false, bytes, ...more } as Block;
}

describe('threads that are watched', () => {
  let executor: WatchedExecutor | undefined;
  afterEach(async () => executor?.close());

  function open(
    changes: Partial<WatchedOptions> = {},
    options: OnErrorPlan | BlockOptions = { kind: 'dead_letter' },
  ): { executor: WatchedExecutor; ended: string[]; givenUp: string[] } {
    const ended: string[] = [];
    const givenUp: string[] = [];
    executor = watchedExecutor('kind' in options ? optionsOf(options) : options, {
      workers: 1,
      script,
      eventTimeoutMs: 1000,
      memory: new SpareMemory(),
      clock: realClock,
      onWorkerEnded: (why) => ended.push(why),
      onGivenUp: (_, reason) => givenUp.push(reason),
      ...changes,
    });
    return { executor, ended, givenUp };
  }

  it('give up a line that never ends, and do the rest of its block, with the lines where they stood', async () => {
    const { executor: threads, ended, givenUp } = open();
    const broken = '{"n":';
    const blocks = [
      blockOf([line(1), broken, HANGING, line(4), broken, '', line(7)]),
      blockOf([line(8)]),
      blockOf([HANGING]),
    ];
    const [first, second, third] = await Promise.all(blocks.map((block) => threads.submit(block, meta)));
    expect(first?.outputs.map(String)).toEqual(['1\n4\n7\n', '']);
    expect(first?.deadLetters.map(({ lineInBlock }) => lineInBlock)).toEqual([1, 2, 4]);
    expect(first?.deadLetters[1]?.head).toMatch(/^\{"error":\{"kind":"limit_exceeded",.*"raw":"\{\\"n\\":\\"hang"/);
    expect(first).toMatchObject({ lines: 7, counts: { input: 6, output: 3, deadLettered: 3 }, stopped: false });
    expect(second?.outputs.map(String)).toEqual(['8\n', '']);
    expect(third).toMatchObject({ lines: 1, counts: { input: 1, output: 0, deadLettered: 1 } });
    expect(ended).toEqual(['timeout', 'timeout']);
    expect(givenUp).toHaveLength(2);
  });

  it.each<[OnErrorPlan, string, object, boolean]>([
    [{ kind: 'skip' }, '1\n3\n', { input: 3, output: 2, skipped: 1 }, false],
    [{ kind: 'default', data: 'none' }, '1\n"none"\n3\n', { input: 3, output: 3 }, false],
    [{ kind: 'stop' }, '1\n', { input: 2, output: 1, deadLettered: 1 }, true],
  ])('do with it as on_error says: %j', async (onError, output, counts, stopped) => {
    const { executor: threads } = open({}, onError);
    const result = await threads.submit(blockOf([line(1), HANGING, line(3)]), meta);
    expect(String(result.outputs[0])).toBe(output);
    expect(result).toMatchObject({ counts, stopped });
  });

  it('give each line its whole time, also behind one that was given up', async () => {
    let looks = 0;
    const givenUpAt: number[] = [];
    const { executor: threads } = open({
      clock: {
        elapsed: () => looks * 50,
        async wait() {
          looks += 1;
          const isOver = (executor?.lateMs() ?? 0) > 1000;
          // Long enough for the next line to be begun, so that nobody sees that there was a change.
          await sleep(isOver && givenUpAt.length === 0 ? 1000 : 2);
        },
      },
      onGivenUp: () => givenUpAt.push(looks),
    });
    await Promise.all([threads.submit(blockOf([HANGING]), meta), threads.submit(blockOf([HANGING]), meta)]);
    const [first = 0, second = 0] = givenUpAt;
    expect(second - first).toBeGreaterThanOrEqual(1000 / 50);
  });

  it('tell while a line takes long, and reject it as not read when they are closed', async () => {
    const { executor: threads, givenUp } = open({ eventTimeoutMs: 3_600_000 });
    expect(threads.lateMs()).toBeUndefined();
    const result = threads.submit(blockOf([HANGING]), meta);
    const rejected = expect(result).rejects.toMatchObject({ name: 'RunPaused', reason: 'aborted' });
    await until(() => threads.lateMs() !== undefined, 'it is late');
    await threads.close();
    await rejected;
    await expect(threads.submit(blockOf([line(1)]), meta)).rejects.toMatchObject({ reason: 'aborted' });
    expect(givenUp).toEqual([]);
  });

  it('work on nothing else while a block is worked on that is to be alone', async () => {
    const { executor: threads } = open({ workers: 2, eventTimeoutMs: 3_600_000 });
    let isDone = false;
    await threads.submit(blockOf([line(1)], { alone: true }), meta);
    void threads.submit(blockOf([HANGING], { alone: true }), meta).catch(() => undefined);
    const next = threads.submit(blockOf([line(2)]), meta).then(() => (isDone = true));
    next.catch(() => undefined);
    await until(() => threads.lateMs() !== undefined, 'it hangs');
    expect(isDone).toBe(false);
  });

  it.each([true, false])('give up what a line made, and not the line: alone %j', async (alone) => {
    const { pipeline, ...options } = optionsOf({ kind: 'dead_letter' });
    const value = ['if', JSON.parse(JSON.stringify(FOR_EVER).replaceAll('"/items"', '"/0/items"')), 'done', 0] as Json;
    const batch = { size: 2, bytes: 1e6, maxKeys: 1 };
    const stages: BlockOptions['pipeline']['stages'] = [
      { kind: 'batch', name: 'two', ...batch },
      scriptStage('computo', 'all', value, { limits: { steps: 1e15 } }),
    ];
    const { executor: threads, givenUp } = open({}, { ...options, pipeline: { ...pipeline, stages } });
    const results = [];
    for (const one of [HANGING, line(2), line(3), line(4), line(5)])
      results.push(await threads.submit(blockOf([one], { alone }), meta));
    expect(results.map(({ outputs }) => String(outputs[0]))).toEqual(['', '', '', '"done"\n', '']);
    expect(results.map(({ deadLetters }) => deadLetters.length)).toEqual([0, 2, 0, 0, 0]);
    expect(results.map(({ counts }) => counts.open)).toEqual([1, -1, 1, -1, 1]);
    expect(givenUp).toHaveLength(1);
  });

  it('look up rows in their tables, in a thread and in a process of its own', async () => {
    const file = join(scratch(), 't.csv');
    writeFileSync(file, 'k,v\n1,one\n2,two\n');
    const table = await tables.open({ name: 't', file, format: 'csv', key: 'k', bytesMax: 1000 });
    writeFileSync(file, 'k,v\n1,other\n');
    const lookup = scriptStage('computo', 'all', ['table.get', 't', ['$input', '/n']]);
    const options = optionsOf({ kind: 'dead_letter' });
    const { executor: threads } = open(
      {},
      { ...options, pipeline: { ...options.pipeline, stages: [lookup], tables: { t: table } } },
    );
    for (const alone of [false, true]) {
      const result = await threads.submit(blockOf([line(alone ? 1 : 2)], { alone }), meta);
      expect(String(result.outputs[0])).toBe(alone ? '{"k":"1","v":"one"}\n' : '{"k":"2","v":"two"}\n');
    }
  });

  it('fail where no worker comes up', async () => {
    const { executor: threads } = open({ script: pathToFileURL('/no/such/worker.js') });
    await expect(threads.submit(blockOf([line(1)]), meta)).rejects.toThrow('/no/such/worker.js');
  });

  it('leave a block as it is, whose memory may be used again when it is done', async () => {
    const { executor: threads } = open();
    const recycled: Uint8Array[] = [];
    const lines = Array.from({ length: 10_000 }, (_, n) => line(n));
    const block = blockOf(lines, { recycle: (bytes) => void recycled.push(bytes) });
    const { outputs } = await threads.submit(block, meta);
    expect(String(outputs[0])).toBe(lines.map((_, n) => `${n}\n`).join(''));
    expect(recycled.map(String)).toEqual([lines.map((one) => `${one}\n`).join('')]);
  });
});
