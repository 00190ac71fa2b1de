import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockProcessor,
  inlineExecutor,
  limitEvents,
  runBlocks,
  type BlockRunResult,
} from '../../src/pipeline/index.js';
import type { BlockMeta, BlockResult } from '../../src/pipeline/batch.js';
import { inTurn } from '../../src/pipeline/in-turn.js';
import { RunPaused } from '../../src/pipeline/run-paused.js';
import { endedBetweenBlocks, type BlockExecutor } from '../../src/pipeline/run-blocks.js';
import { SinkClosedError, type Sink } from '../../src/sinks/index.js';
import type { Block } from '../../src/sources/index.js';
import { scriptStage } from '../support/script-stage.js';

const process = blockProcessor({
  pipeline: {
    name: 'default',
    stages: [scriptStage('computo', 'same', ['$input'])],
    outputs: [{ envelope: false }],
    onError: { kind: 'dead_letter' },
  },
  strict: false,
  depthMax: 1000,
  lineBytesMax: 1 << 20,
  rawMax: 4096,
});

function collector(write?: (text: string) => Promise<void>): Sink & { text: string } {
  return {
    name: 'memory',
    text: '',
    async write(lines) {
      await write?.(Buffer.from(lines).toString());
      this.text += Buffer.from(lines).toString();
    },
    close: () => Promise.resolve(),
  };
}

async function* blocksOf(texts: readonly string[], source = 'a'): AsyncGenerator<Block> {
  for (const [index, text] of texts.entries()) {
    await Promise.resolve();
    yield { kind: 'lines', bytes: Buffer.from(text), source, startsFile: index === 0 };
  }
}

async function* numbered(blocks: AsyncIterable<Block>): AsyncGenerator<readonly [number, Block]> {
  let index = 0;
  for await (const block of blocks) yield [index++, block];
}

/** Answers late and out of order. */
const scrambling: BlockExecutor = {
  width: 5,
  submit: async (block, meta) => {
    await sleep(Math.random() * 5);
    return process(block, meta);
  },
};

async function drive(
  blocks: AsyncIterable<Block>,
  executor: BlockExecutor = inlineExecutor(process),
  output = collector(),
  isAtEnd?: () => boolean,
): Promise<{ result: BlockRunResult; text: string; letters: { line: number; source: string }[] }> {
  const deadLetters = collector();
  const result = await runBlocks({
    executor,
    blocks,
    outputs: [output],
    deadLetters,
    now: () => 1,
    stopReading: () => undefined,
    ...(isAtEnd && { isAtEnd }),
  });
  const letters = deadLetters.text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { line: number; source: string });
  return { result, text: output.text, letters };
}

describe('a run over blocks', () => {
  it('keeps the order of the input, however late each block is done', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { maxLength: 20 }),
        async (numbers) => {
          const texts = numbers.map((block) => block.map((n) => `${n}\n`).join(''));
          expect((await drive(blocksOf(texts), scrambling)).text).toBe(texts.join(''));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('numbers the lines of each source by themselves, blank and broken ones too', async () => {
    async function* both(): AsyncGenerator<Block> {
      yield* blocksOf(['1\nx\n', '\n\nx\n'], 'a');
      yield* blocksOf(['x\n', 'x'], 'b');
    }
    const { letters } = await drive(both(), scrambling);
    expect(letters.map(({ source, line }) => [source, line])).toEqual([
      ['a', 2],
      ['a', 5],
      ['b', 1],
      ['b', 2],
    ]);
  });

  it('says how far it came only when all events up to there are out', async () => {
    const output = collector();
    const reached: unknown[] = [];
    async function* marked(): AsyncGenerator<Block> {
      for await (const block of blocksOf(['1\n', '2\n', 'x\n', '3\n'])) {
        yield { ...block, ...(block.kind === 'lines' && { resumeAt: Number(block.bytes.toString()) || 'x' }) };
      }
    }
    await runBlocks({
      executor: scrambling,
      blocks: marked(),
      outputs: [output],
      deadLetters: collector(),
      now: () => 1,
      stopReading: () => undefined,
      onReached: (at) => reached.push([at, output.text]),
    });
    expect(reached).toEqual([
      [1, '1\n'],
      [2, '1\n2\n'],
      ['x', '1\n2\n'],
      [3, '1\n2\n3\n'],
    ]);
  });

  it('holds few blocks, however slow the output is', async () => {
    let given = 0;
    let written = 0;
    let most = 0;
    async function* counted(): AsyncGenerator<Block> {
      for await (const block of blocksOf(Array.from({ length: 50 }, () => '1\n'))) {
        given += 1;
        most = Math.max(most, given - written);
        yield block;
      }
    }
    const slow = collector(async () => {
      await sleep(1);
      written += 1;
    });
    await drive(counted(), inlineExecutor(process), slow);
    expect(written).toBe(50);
    expect(most).toBeLessThanOrEqual(5);
  });

  it('ends quietly when nobody reads any more', async () => {
    const closing = collector(() => Promise.reject(new SinkClosedError()));
    expect((await drive(blocksOf(['1\n', '2\n']), undefined, closing)).result.endedBy).toBe('closed');
  });

  it('writes what came before the source failed, then gives the error', async () => {
    async function* failing(): AsyncGenerator<Block> {
      yield* blocksOf(['1\n2\n']);
      throw new Error('the disk is gone');
    }
    const { result, text } = await drive(failing(), scrambling);
    expect(text).toBe('1\n2\n');
    expect(result).toMatchObject({
      endedBy: 'error',
      error: new Error('the disk is gone'),
      counts: { input: 2, output: 2 },
    });
  });

  describe('whose results come in pieces', () => {
    /** Each line of a block is a piece of its result. */
    const inPieces = (fails?: () => never): BlockExecutor => {
      const work = inTurn();
      const pieceOf = (block: Block, meta: BlockMeta, lines: readonly string[]): BlockResult => {
        const [line = '', ...others] = lines;
        const result = process({ kind: 'lines', bytes: Buffer.from(`${line}\n`) }, meta);
        if (others.length === 0) return result;
        return { ...result, lines: 0, rest: () => (fails === undefined ? pieceOf(block, meta, others) : fails()) };
      };
      return {
        width: 2,
        submit: (block, meta) =>
          work(() =>
            pieceOf(block, meta, block.kind === 'lines' ? block.bytes.toString().trimEnd().split('\n') : ['overlong']),
          ),
      };
    };

    it('writes one after the other, and says how far it came when the last one is out', async () => {
      const seen: string[] = [];
      const output = collector((text) => Promise.resolve(void seen.push(text.trim())));
      async function* blocks(): AsyncGenerator<Block> {
        for await (const [index, block] of numbered(blocksOf(['1\n2\n3\n', '4\n', '5\n6\n'])))
          yield { ...block, resumeAt: index };
      }
      const result = await runBlocks({
        executor: inPieces(),
        blocks: blocks(),
        outputs: [output],
        deadLetters: collector(),
        now: () => 1,
        stopReading: () => undefined,
        beforeWrite: () => Promise.resolve(void seen.push('begin')),
        onDelivered: ({ counts }) => void seen.push(`delivered ${counts.output}`),
        onReached: (at) => void seen.push(`reached ${String(at)}`),
      });
      expect(seen.join(' ')).toBe(
        'begin 1 2 3 delivered 3 reached 0 begin 4 delivered 1 reached 1 begin 5 6 delivered 2 reached 2',
      );
      expect(result).toMatchObject({ counts: { input: 6, output: 6 }, endedBy: 'input' });
    });

    it('ends when one cannot be written, though blocks wait behind it', async () => {
      const failure = new Error('the disk is full');
      const output = collector((text) => (text === '2\n' ? Promise.reject(failure) : Promise.resolve()));
      const { result, text } = await drive(blocksOf(['1\n2\n3\n', '4\n', '5\n']), inPieces(), output);
      expect([result.endedBy, text]).toEqual(['error', '1\n']);
    });

    it('tells that it did not end between two blocks', async () => {
      const pause = (): never => {
        throw new RunPaused('aborted', 'the work was cut off');
      };
      const { result } = await drive(blocksOf(['1\n2\n', '3\n']), inPieces(pause));
      expect(result).toMatchObject({ endedBy: 'paused', counts: { output: 1 } });
      expect(endedBetweenBlocks(result)).toBe(false);
    });
  });

  it('gives the error of an executor that fails at the end of the input', async () => {
    const failure = new Error('what is kept is too much');
    const failing: BlockExecutor = {
      ...inlineExecutor(process),
      end() {
        throw failure;
      },
    };
    const { result } = await drive(blocksOf(['1\n']), failing, undefined, () => true);
    expect(result).toMatchObject({ endedBy: 'error', error: failure, counts: { input: 1, output: 1 } });
  });

  it('takes exactly as many events as it is limited to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('1', '', ' ', 'x'), { maxLength: 30 }),
        fc.nat(12),
        fc.integer({ min: 1, max: 7 }),
        async (lines, limit, perBlock) => {
          const texts = Array.from({ length: Math.ceil(lines.length / perBlock) }, (_, i) =>
            lines
              .slice(i * perBlock, (i + 1) * perBlock)
              .map((line) => `${line}\n`)
              .join(''),
          );
          const { result } = await drive(limitEvents(blocksOf(texts), limit));
          expect(result.counts.input).toBe(Math.min(limit, lines.filter((line) => line.trim() !== '').length));
        },
      ),
      { numRuns: 100 },
    );
  });
});
