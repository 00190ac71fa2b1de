import { isTickLine, pipelineOfLine } from '../event/index.js';
import { partOf, type LineBlock } from '../sources/index.js';
import type { BlockMeta, BlockResult } from './batch.js';
import { noCounts } from './counts.js';
import { takeRest } from './in-turn.js';
import { mergeResults } from './merge-results.js';
import type { BlockExecutor } from './run-blocks.js';

const NEWLINE = 0x0a;

/** Returns a result, if there is one. */
type Work = () => BlockResult | undefined | Promise<BlockResult | undefined>;

/** Consecutive lines for the same pipeline. */
interface Run {
  readonly pipeline: string | undefined;
  readonly bytes: Buffer;
  readonly lines: number;
  readonly events: number;
}

/**
 * Sends every stored event through the pipeline that it was sent to, and keeps the order of all events. The pipelines have one
 * output each, and share it.
 *
 * @param executors by pipeline
 * @param onUnknown called for events of any other pipeline; they count as unrouted
 */
export function byPipeline(
  executors: ReadonlyMap<string, BlockExecutor>,
  onUnknown: (pipeline: string | undefined, events: number) => void,
): BlockExecutor {
  const pipelineOf = pipelineOfLine();
  const [anyExecutor] = executors.values();
  return {
    get width() {
      return Math.min(...[...executors.values()].map(({ width }) => width));
    },
    recycle: (lines) => anyExecutor?.recycle?.(lines),
    end(meta) {
      return oneBehindTheOther(
        [...executors].map(([pipeline, executor]) => async () => {
          const result = await executor.end?.(meta);
          return result && withPipeline(pipeline, result);
        }),
      );
    },
    async submit(block, meta) {
      if (block.kind === 'overlong') return noResult(1, 1);
      // Submits all at once and in order, because executors rely on that.
      const pending = runsOf(block.bytes).map((run) => submitRun(block, run, meta));
      // A run may fail before its turn comes, but the failure counts only then.
      for (const one of pending) one.catch(() => undefined);
      const [only] = pending;
      return await (only !== undefined && pending.length === 1
        ? only
        : oneBehindTheOther(pending.map((one) => () => one)));
    },
  };

  async function submitRun(
    block: LineBlock,
    { pipeline, bytes, lines, events }: Run,
    meta: BlockMeta,
  ): Promise<BlockResult> {
    const executor = pipeline === undefined ? undefined : executors.get(pipeline);
    if (pipeline !== undefined && executor !== undefined) {
      const { source, recycle } = block;
      const result = await executor.submit({ kind: 'lines', bytes, source, startsFile: false, recycle }, meta);
      return withPipeline(pipeline, result);
    }
    if (events > 0) onUnknown(pipeline, events);
    return noResult(lines, events);
  }

  /** Distinguishes the stages of several pipelines by the pipelines' names. */
  function withPipeline(pipeline: string, result: BlockResult): BlockResult {
    const { stages, rest } = result;
    if (stages === undefined || executors.size === 1) return result;
    return {
      ...result,
      stages: stages.map((one) => ({ ...one, stage: `${pipeline}.${one.stage}` })),
      ...(rest && { rest: async () => withPipeline(pipeline, await rest()) }),
    };
  }

  function runsOf(bytes: Buffer): Run[] {
    const runs: Run[] = [];
    let start = 0;
    let lines = 0;
    let ticks = 0;
    let current: string | undefined;
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, at);
      const end = newline === -1 ? bytes.length : newline;
      const pipeline = pipelineOf(bytes, at, end);
      if (lines > 0 && pipeline !== current) {
        runs.push({ pipeline: current, bytes: partOf(bytes, start, at), lines, events: lines - ticks });
        start = at;
        lines = 0;
        ticks = 0;
      }
      current = pipeline;
      lines += 1;
      if (isTickLine(bytes, at, end)) ticks += 1;
      at = end + 1;
    }
    if (lines > 0)
      runs.push({ pipeline: current, bytes: partOf(bytes, start, bytes.length), lines, events: lines - ticks });
    return runs;
  }
}

/** Combines results into one, including their further pieces. */
async function oneBehindTheOther(works: readonly Work[]): Promise<BlockResult> {
  const results: BlockResult[] = [];
  for (const [at, work] of works.entries()) {
    const others = works.slice(at + 1);
    let result: BlockResult | undefined;
    try {
      result = await work();
    } catch (error) {
      await takeAll(others);
      throw error;
    }
    if (result === undefined) continue;
    const { rest } = result;
    results.push(result);
    if (rest !== undefined) return { ...mergeResults(results), rest: () => oneBehindTheOther([rest, ...others]) };
    if (result.stopped) {
      await takeAll(others);
      break;
    }
  }
  return mergeResults(results);
}

/** Takes results that are no longer needed. */
async function takeAll(works: readonly Work[]): Promise<void> {
  for (const work of works) await takeRest(work);
}

/** The result of events that no pipeline takes. */
function noResult(lines: number, events: number): BlockResult {
  return {
    lines,
    counts: { ...noCounts(), input: events, unrouted: events },
    outputs: [],
    deadLetters: [],
    failures: [],
    observations: [],
    stopped: false,
  };
}
