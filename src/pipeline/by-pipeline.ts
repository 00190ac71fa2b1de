import { isTickLine, pipelineOfLine } from '../event/index.js';
import { partOf, type LineBlock } from '../sources/index.js';
import type { BlockMeta, BlockResult } from './batch.js';
import { noCounts } from './counts.js';
import { mergeResults } from './merge-results.js';
import type { BlockExecutor } from './run-blocks.js';

const NEWLINE = 0x0a;

/** Lines that follow each other and go to the same pipeline. */
interface Run {
  readonly pipeline: string | undefined;
  readonly bytes: Buffer;
  readonly lines: number;
  readonly events: number;
}

/**
 * Sends every stored event through the pipeline that it was sent to, and keeps the order of all. The pipelines have one
 * output each, and share it.
 *
 * @param executors by pipeline
 * @param onUnknown told of events of a pipeline that is not among them; they count as unrouted
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
    async end(meta) {
      const results: BlockResult[] = [];
      for (const [pipeline, executor] of executors)
        if (executor.end !== undefined) results.push(withPipeline(pipeline, await executor.end(meta)));
      return mergeResults(results);
    },
    async submit(block, meta) {
      if (block.kind === 'overlong') return noResult(1, 1);
      // All are submitted at once, in their order: executors count on that.
      const results = await Promise.all(runsOf(block.bytes).map((run) => submitRun(block, run, meta)));
      const [only] = results;
      return only !== undefined && results.length === 1 ? only : mergeResults(results);
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

  /** Where there are several pipelines, their stages are told apart. */
  function withPipeline(pipeline: string, result: BlockResult): BlockResult {
    if (result.stages === undefined || executors.size === 1) return result;
    return { ...result, stages: result.stages.map((one) => ({ ...one, stage: `${pipeline}.${one.stage}` })) };
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

/** Events that nobody takes. */
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
