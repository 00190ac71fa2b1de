import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CheckpointStore, comparePositions, Log, LOG_START, nodeWorld } from '../../../src/log/index.js';
import { blockProcessor, inlineExecutor, passOn } from '../../../src/pipeline/index.js';
import { LogReader, parseProcessingCheckpoint } from '../../../src/pipeline/log/index.js';
import { Processor, type Processing } from '../../../src/pipeline/processor/index.js';
import { parseLogMark } from '../../../src/sources/index.js';
import {
  truncateRenamed,
  fileSink,
  type FileSink,
  Lifeline,
  outputState,
  recoverFile,
  SinkClosedError,
  SinkError,
  type Sink,
} from '../../../src/sinks/index.js';
import { scratch } from '../../support/cli.js';
import { until } from '../../support/daemon.js';
import { each } from '../../support/runs.js';

const world = nodeWorld();
const GRACE_MS = 100_000;
const DAY_MS = 86_400_000;

interface Faults {
  /** Whether the next call of its kind fails. */
  readonly fails: (call: 'write' | 'sync' | 'process' | 'checkpoint') => boolean;
}

/** A processor over a real log and a real file, with a world in which calls may fail. */
async function setUp(
  faults: Faults = { fails: () => false },
  changes: Partial<Processing<LogReader>> = {},
  cwd = scratch(),
): Promise<{
  log: Log;
  processor: Processor<LogReader>;
  told: unknown[];
  output: () => string[];
  append: (...data: readonly unknown[]) => Promise<void>;
  close: () => Promise<void>;
}> {
  const log = await Log.open(world, {
    folder: join(cwd, 'data'),
    durability: 'os',
    segmentBytesMax: 4096,
    pack: false,
    memoryRecordsMax: 0,
  });
  const path = join(cwd, 'out.ndjson');
  const store = new CheckpointStore(world, join(cwd, 'state'));
  const sound = blockProcessor({
    pipeline: { name: 'default', stages: [], outputs: [{ envelope: false }], onError: { kind: 'stop' } },
    input: 'envelope',
    strict: false,
    depthMax: 100,
    lineBytesMax: 1 << 20,
    rawMax: 1 << 20,
  });
  const told: unknown[] = [];
  const stateFolder = join(cwd, 'state');
  const lifeline = new Lifeline();
  const failing = (call: Parameters<Faults['fails']>[0]): void => {
    if (faults.fails(call)) throw new SinkError(path, 'write', new Error(`${call} fails`));
  };
  const process = (...[block, meta]: Parameters<typeof sound>): ReturnType<typeof sound> => {
    failing('process');
    return sound(block, meta);
  };
  const faulty = Object.assign(process, { memory: sound.memory });
  // Checkpoints and new attempts come soon; a drain has its time.
  const hurried: Processing['world'] = {
    now: world.now,
    wait: (ms, signal) => world.wait(ms < GRACE_MS ? 3 : ms, signal),
  };
  const reader = new LogReader({
    pipeline: 'default',
    log,
    singleLines: false,
    checkpoints: {
      get: (name) => store.get(name),
      put(name, value) {
        failing('checkpoint');
        return store.put(name, value);
      },
    },
    checkpointName: 'default',
    world: hurried,
    onDamage: ({ message }) => told.push(message),
    openState: () => Promise.resolve(undefined),
    onOtherLog: () => told.push('other log'),
  });
  const processing: Processing<LogReader> = {
    pipeline: 'default',
    reader,
    openExecutor: () => ({
      ...inlineExecutor(faulty),
      close: () => Promise.resolve(),
    }),
    outputs: [
      {
        kind: 'file',
        path,
        recover: () => recoverFile(path, lifeline, { stateFolder }),
        state: (position) => outputState(path, position),
        findRenamed: (position, cutsBack) => truncateRenamed(path, position, cutsBack),
        hold: () => Promise.resolve(),
        release() {
          lifeline.release();
          return Promise.resolve();
        },
        open(mode) {
          const sink = fileSink(path, { mode, rotateBytes: 300, checkpointed: true, stateFolder, lifeline });
          return Promise.resolve<FileSink>({
            ...sink,
            async write(lines) {
              // A disk that fails may have taken a part.
              if (faults.fails('write')) {
                await sink.write(lines.subarray(0, Math.floor(lines.length / 2)));
                failing('write');
                throw new SinkError(path, 'write', new Error('write fails'));
              }
              await sink.write(lines);
            },
            async sync() {
              failing('sync');
              await sink.sync();
            },
          });
        },
      },
    ],
    deadLetters: { kind: 'stream', open: () => collector(told) },
    changed: (_file, { when, kind, bytes }) => told.push(`${when} ${kind} ${bytes}`),
    world: hurried,
    ...changes,
  };
  const processor = new Processor(processing, {
    failed: () => undefined,
    paused: (message) => told.push(message),
    stopped: () => told.push('stopped'),
    continued: () => undefined,
    delivered: () => undefined,
    outputClosed: () => told.push('closed'),
  });
  processor.start();
  return {
    log,
    processor,
    told,
    output: () => outputOf(path),
    async append(...data) {
      const metadata = '{"source":"test","pipeline":"default","retry_count":0}';
      await log.append(data.map((value) => ({ data: JSON.stringify(value), metadata })));
    },
    async close() {
      await processor.drain(GRACE_MS);
      await log.close();
    },
  };
}

function collector(into: unknown[]): Sink {
  return {
    name: 'memory',
    write: (lines) => Promise.resolve(void into.push(Buffer.from(lines).toString())),
    close: () => Promise.resolve(),
  };
}

function outputOf(path: string): string[] {
  let text = '';
  for (let part = 1; ; part++) {
    const file = path.replace('.ndjson', `.${String(part).padStart(6, '0')}.ndjson`);
    if (!existsSync(file)) break;
    text += readFileSync(file, 'utf8');
  }
  if (existsSync(path)) text += readFileSync(path, 'utf8');
  return text.split('\n').slice(0, -1);
}

describe('a log processor', () => {
  it('says how many events wait', async () => {
    let isBroken = true;
    const { processor, append, output, close } = await setUp({ fails: (call) => call === 'process' && isBroken });
    expect(await processor.reader.backlog()).toBe(0);
    await append(1, 2);
    await append(3);
    expect(await processor.reader.backlog()).toBe(3);
    isBroken = false;
    await until(() => output().length === 3, 'all are out');
    await until(async () => (await processor.reader.backlog()) === 0, 'none waits');
    await close();
  });

  each(1)([1, 2, 3, 4])('writes every event once and in order, however often anything fails (run %i)', async (run) => {
    let calls = run;
    // Bursts of failures, and then a while of peace.
    const fails = (): boolean => {
      calls = (calls * 1103515245 + 12345) % 2147483648;
      return calls % 7 === 0;
    };
    const set = await setUp({ fails });
    const numbers: number[] = [];
    for (let n = 0; n < 40; n++) {
      numbers.push(n * 2, n * 2 + 1);
      await set.append(n * 2, n * 2 + 1);
      if (n % 5 === run) await sleep(4);
    }
    await until(
      () => comparePositions(set.processor.reader.checkpoint, set.log.end) === 0,
      'the last checkpoint is made',
    );
    expect(set.output()).toEqual(numbers.map(String));
    await set.close().catch(() => undefined);
  });

  it('goes on behind its checkpoint, and does not touch what other pipelines get', async () => {
    const cwd = scratch();
    const first = await setUp(undefined, {}, cwd);
    await first.append('a', 'b');
    await first.log.append([{ data: '"not ours"', metadata: '{"source":"x","pipeline":"other","retry_count":0}' }]);
    await first.close();
    expect(first.output()).toEqual(['"a"', '"b"']);
    const second = await setUp(undefined, {}, cwd);
    expect(second.processor.reader.checkpoint).toEqual(LOG_START);
    await second.append('c');
    await until(() => second.output().length === 3, 'the third is out');
    await second.close();
    expect(second.output()).toEqual(['"a"', '"b"', '"c"']);
    expect(second.processor.reader.checkpoint).toEqual(second.log.end);
  });

  it('makes a checkpoint when the clock has begun a new file, and at the end: no part turns back, and it is packed', async () => {
    const cwd = scratch();
    const path = join(cwd, 'out.ndjson');
    const part = join(cwd, 'out.000001.ndjson.gz');
    const stateFolder = join(cwd, 'state');
    let now = 10 * DAY_MS + 5;
    const lifeline = new Lifeline();
    const outputs: Processing['outputs'] = [
      {
        kind: 'file',
        path,
        recover: () => recoverFile(path, lifeline, { stateFolder }),
        state: (position) => outputState(path, position),
        findRenamed: (position, cutsBack) => truncateRenamed(path, position, cutsBack),
        hold: () => Promise.resolve(),
        release: () => {
          lifeline.release();
          return Promise.resolve();
        },
        open: (mode) => {
          const options = { mode, rotateMs: DAY_MS, gzip: true, checkpointed: true, stateFolder, lifeline };
          return Promise.resolve(fileSink(path, { ...options, now: () => now }));
        },
      },
    ];
    const first = await setUp(undefined, { outputs }, cwd);
    await first.append(1, 2);
    await until(() => comparePositions(first.processor.reader.checkpoint, first.log.end) === 0, 'both are out');
    now += DAY_MS;
    await first.processor.tend();
    await until(() => existsSync(part), 'the part is packed');
    await first.close();
    const second = await setUp(undefined, { outputs }, cwd);
    await second.append(3);
    await until(() => second.output().length === 1, 'the third is out');
    await second.close();
    expect([gunzipSync(readFileSync(part)).toString(), second.output()]).toEqual(['1\n2\n', ['3']]);
    expect([first.told, second.told]).toEqual([[], []]);
  });

  it('cuts off only what is written again: not what others wrote behind a checkpoint with nothing left to do', async () => {
    const cwd = scratch();
    const store = new CheckpointStore(world, join(cwd, 'state'));
    /** Processes some events. @returns what was told, and the checkpoint */
    const round = async (...data: readonly string[]): Promise<{ told: unknown[]; checkpoint: object }> => {
      const isAgain = (await store.get('default')) !== undefined;
      const set = await setUp(undefined, {}, cwd);
      // What is there at the start decides, so nothing comes before that was looked at.
      const { reader } = set.processor;
      if (isAgain) await until(() => comparePositions(reader.checkpoint, LOG_START) > 0, 'it has begun');
      await set.append(...data);
      await set.close();
      return { told: set.told, checkpoint: (await store.get('default'))?.value as object };
    };
    const first = await round('a');
    const second = await round('b');
    appendFileSync(join(cwd, 'out.ndjson'), 'theirs\n');
    const killed = { ended: false };
    await store.put('default', { ...second.checkpoint, ...killed });
    expect((await round('c')).told).toEqual(['before grown 7']);
    expect(outputOf(join(cwd, 'out.ndjson'))).toEqual(['"a"', '"b"', 'theirs', '"c"']);
    await store.put('default', { ...first.checkpoint, ...killed });
    expect((await round()).told).toEqual(['before cut-back 15']);
    expect(outputOf(join(cwd, 'out.ndjson'))).toEqual(['"a"', '"b"', '"c"']);
    // A replay to the outputs writes what is not behind the checkpoint.
    const { checkpoint } = await round();
    appendFileSync(join(cwd, 'out.ndjson'), '"of a letter"\n');
    await store.put('default', { ...checkpoint, ...killed, replays: true });
    expect((await round('d')).told).toEqual(['before cut-back 14']);
    expect(outputOf(join(cwd, 'out.ndjson'))).toEqual(['"a"', '"b"', '"c"', '"d"']);
  });

  it('tells when somebody has shortened its output', async () => {
    const cwd = scratch();
    const first = await setUp(undefined, {}, cwd);
    await first.append('a', 'b');
    await first.close();
    writeFileSync(join(cwd, 'out.ndjson'), '"a"\n');
    const second = await setUp(undefined, {}, cwd);
    await until(() => second.told.length > 0, 'it tells');
    expect(second.told).toEqual(['before cut 4']);
    await second.close();
  });

  it('goes by time when the log is another than its checkpoint speaks of', async () => {
    const cwd = scratch();
    const first = await setUp(undefined, {}, cwd);
    await first.append('old');
    await first.close();
    const checkpoints = new CheckpointStore(world, join(cwd, 'state'));
    const found = (await checkpoints.get('default'))?.value as { place: { timestamp: number } };
    const beyond = { ...found, place: { ...found.place, position: { segment: 99, offset: 0 } } };
    await checkpoints.put('default', beyond);
    const second = await setUp(undefined, {}, cwd);
    await sleep(2);
    await second.append('new');
    await until(() => second.output().length === 2, 'the new one is out');
    await second.close();
    expect([second.output(), second.told]).toEqual([['"old"', '"new"'], ['other log']]);
  });

  it('stays at a failed event where the pipeline wants it, over restarts', async () => {
    const cwd = scratch();
    for (const round of [1, 2]) {
      const set = await setUp(undefined, {}, cwd);
      if (round === 1) {
        await set.append(1);
        await until(() => set.output().length === 1, 'the good one is out');
        await set.log.append([
          { data: '['.repeat(200) + ']'.repeat(200), metadata: '{"source":"t","pipeline":"default","retry_count":0}' },
        ]);
      }
      await until(() => set.told.includes('stopped'), 'it stops');
      expect(set.processor.state).toEqual({ kind: 'stopped' });
      await set.close();
      expect(set.output()).toEqual(['1']);
    }
  });

  it('tells when nobody reads its output any more', async () => {
    const closed = { ...collector([]), write: () => Promise.reject(new SinkClosedError('closed')) };
    const set = await setUp(undefined, { outputs: [{ kind: 'stream', open: () => closed }] });
    await set.append(1);
    await until(() => set.told.includes('closed'), 'it tells');
    await set.close();
  });
});

describe('a log processor behind a crash', () => {
  it('tries the first lines by themselves, and has them in a checkpoint before it begins others', async () => {
    const cwd = scratch();
    const before = await setUp(undefined, {}, cwd);
    // Each fills a segment, which is read by itself.
    for (let event = 0; event < 2; event++) await before.append('x'.repeat(5000));
    await until(() => before.output().length === 2, 'both are out');
    await before.close();
    const store = new CheckpointStore(world, join(cwd, 'state'));
    const stored = async () => parseProcessingCheckpoint((await store.get('default'))?.value);
    await store.put('default', { ...(await stored()), place: { position: LOG_START, timestamp: 0 }, ended: false });

    const begun: unknown[] = [];
    let tried = LOG_START;
    const after = await setUp(
      undefined,
      {
        openExecutor: () => ({
          ...passOn(),
          async submit(block, meta) {
            if (block.kind === 'lines' && block.bytes.length > 0) {
              const checkpoint = (await stored())?.place.position ?? LOG_START;
              begun.push({ isAlone: block.alone === true, isBehind: comparePositions(checkpoint, tried) >= 0 });
              tried = parseLogMark(block.resumeAt)?.position ?? tried;
            }
            return passOn().submit(block, meta);
          },
        }),
      },
      cwd,
    );
    await until(() => begun.length === 2, 'both are begun');
    expect(begun).toEqual([
      { isAlone: true, isBehind: true },
      { isAlone: false, isBehind: true },
    ]);
    await after.close();
  });
});
