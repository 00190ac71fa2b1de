import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { blockProcessor, type BlockOptions } from '../../src/pipeline/block-processor.js';
import { byPipeline } from '../../src/pipeline/by-pipeline.js';
import { workerExecutor } from '../../src/pipeline/threads/worker-executor.js';
import type { Block } from '../../src/sources/index.js';
import { packageFolder } from '../support/cli.js';

const EVENTS = 2000;
const meta = { source: 'log', timestamp: 1, counter: 0 };

const storedEvent = (pipeline: string, n: number): string =>
  JSON.stringify({
    id: `id-${n}`,
    timestamp: n,
    data: { n },
    metadata: { source: 'test', pipeline, retry_count: 0 },
  });

function optionsOf(name: string): BlockOptions {
  return {
    pipeline: { name, stages: [], outputs: [{ envelope: false }], onError: { kind: 'stop' } },
    input: 'envelope',
    strict: false,
    depthMax: 100,
    lineBytesMax: 1000,
    rawMax: 1000,
  };
}

describe('events of several pipelines in one block', () => {
  it('each reach their own, though the first one takes most of the block to another thread', async () => {
    let doneHere = 0;
    const opened = ['most', 'rest'].map((name) => {
      const here = blockProcessor(optionsOf(name));
      const process = (...[block, at]: Parameters<typeof here>): ReturnType<typeof here> => {
        doneHere += 1;
        return here(block, at);
      };
      const counted = Object.assign(process, { memory: here.memory });
      const script = pathToFileURL(join(packageFolder, 'dist/worker.js'));
      return [name, workerExecutor(optionsOf(name), counted, 1, script)] as const;
    });
    const executor = byPipeline(new Map(opened), () => undefined);
    const lines = Array.from({ length: EVENTS }, (_, n) => storedEvent(n < EVENTS * 0.8 ? 'most' : 'rest', n));
    const block = (): Block => {
      const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(lines.join('\n')) + 1);
      bytes.write(`${lines.join('\n')}\n`);
      return { kind: 'lines', source: 'log', startsFile: false, bytes };
    };
    const all = Array.from({ length: EVENTS }, (_, n) => `{"n":${n}}\n`).join('');
    try {
      // These threads do the work until the workers are up.
      for (let before = -1; before < doneHere;) {
        before = doneHere;
        const { outputs } = await executor.submit(block(), meta);
        expect(outputs[0]?.toString()).toBe(all);
        await sleep(5);
      }
    } finally {
      await Promise.all(opened.map(([, one]) => one.close()));
    }
  });
});
