import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockProcessor, decidingColumns, leavesColumnsOpen, runBlocks } from '../../src/pipeline/index.js';
import type { Sink } from '../../src/sinks/index.js';
import type { Block } from '../../src/sources/index.js';
import { scriptStage } from '../support/script-stage.js';

const OUTPUTS = [
  { envelope: false, format: 'csv', when: ['x'] },
  { envelope: false, format: 'tsv' },
  { envelope: false },
];

const options = {
  pipeline: {
    name: 'default',
    stages: [scriptStage('filter', 'kept', ['!=', ['$input', '/n'], 0])],
    routingKey: { script: ['$input', '/key'], options: {} },
    outputs: OUTPUTS,
    onError: { kind: 'dead_letter' },
  },
  strict: false,
  depthMax: 1000,
  lineBytesMax: 1 << 20,
  rawMax: 4096,
} as const;

function memory(): Sink & { text: string } {
  return {
    name: 'memory',
    text: '',
    write(lines) {
      this.text += Buffer.from(lines).toString();
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

async function* blocksOf(texts: readonly string[]): AsyncGenerator<Block> {
  for (const [index, text] of texts.entries()) {
    await Promise.resolve();
    yield { kind: 'lines', bytes: Buffer.from(text), source: 'a', startsFile: index === 0 };
  }
}

/** @param scrambles several work, each with a memory of its own, and answer late and out of order */
async function run(blocks: readonly string[], scrambles: boolean): Promise<readonly string[]> {
  const workers = [blockProcessor(options), blockProcessor(options)];
  let next = 0;
  const executor = decidingColumns(
    {
      width: 4,
      async submit(block, meta) {
        const work = workers[next++ % workers.length];
        if (scrambles) await sleep(Math.random() * 3);
        if (work === undefined) throw new Error('no worker');
        return work(block, structuredClone({ ...meta, tap: undefined }));
      },
      close: () => Promise.resolve(),
    },
    OUTPUTS,
  );
  const outputs = OUTPUTS.map(memory);
  const deadLetters = memory();
  const result = await runBlocks({
    executor,
    blocks: blocksOf(blocks),
    outputs,
    deadLetters,
    now: () => 0,
    stopReading: () => undefined,
  });
  expect(result.endedBy).toBe('input');
  const kinds = [...deadLetters.text.matchAll(/"kind":"(\w+)".*?"line":(\d+)\}\n/g)].map(
    ([, kind, line]) => `${kind} ${line}`,
  );
  return [...outputs.map(({ text }) => text), kinds.join('\n')];
}

describe('columns that nobody names', () => {
  it('are the keys of the first event, however the input is cut and whoever is done first', async () => {
    const event = fc.record(
      { n: fc.nat(2), key: fc.constantFrom('x', 'y'), a: fc.constantFrom('p', 'q,r', null), b: fc.nat(9) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 5 })),
        async (events, sizes) => {
          const lines = events.map((one) => `${JSON.stringify(one)}\n`);
          const blocks: string[] = [];
          let at = 0;
          for (const size of [...sizes, lines.length]) {
            const block = lines.slice(at, at + size).join('');
            at += size;
            if (block !== '') blocks.push(block);
          }
          const whole = await run([lines.join('')], false);
          expect(await run(blocks, true)).toEqual(whole);
          // No event is written to one output and not to another that takes it.
          const [, tsv = '', json = ''] = whole;
          expect(json.split('\n').length).toBe(Math.max(1, tsv.split('\n').length - 1));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are not open where all are named, or nothing has columns', () => {
    expect(leavesColumnsOpen(OUTPUTS)).toBe(true);
    expect(leavesColumnsOpen([{ envelope: false }, { envelope: false, format: 'text' }])).toBe(false);
    expect(leavesColumnsOpen([{ envelope: false, format: 'csv', columns: ['a'] }])).toBe(false);
  });
});
