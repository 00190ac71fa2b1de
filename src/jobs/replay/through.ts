import {
  byPipeline,
  decidingColumns,
  leavesColumnsOpen,
  mergeResults,
  type OpenExecutor,
} from '../../pipeline/index.js';
import { isStdout } from '../outputs/index.js';
import type { Engines, PipelineEngine } from '../engines/engines.js';
import type { PipelineServePlan } from '../serve-plan.js';
import { LeftOut } from './left-out.js';
import { runOfLetters } from './letter-run.js';
import { lettersToRetry, nothingLeft, reportLeft, reportUsedUp } from './letters.js';
import type { ReplayWay } from './plan.js';
import type { ReplayRun } from './runs.js';
import type { OpenReplay } from './open-replay.js';
import { openReplaySinks } from './sinks.js';
import { storedBlocks } from './stored-blocks.js';

/** A replay to one output: the log in one run, or one run for each pipeline's dead letters. */
export async function* runsToOneOutput(
  underWay: OpenReplay,
  way: Extract<ReplayWay, { kind: 'pipelines' }>,
  engines: Engines,
): AsyncGenerator<ReplayRun> {
  const { plan, talk } = underWay;
  const leftOut = new LeftOut();
  const opened = way.pipelines.map((pipeline) => ({ pipeline, engine: engines.engineOf(pipeline) }));
  if (plan.choice.from === 'log') {
    const singleLines = opened.some(({ engine }) => engine.singleLines);
    const executor = together(way, opened, talk.notice);
    const sinks = await openReplaySinks(underWay, way.output);
    const blocks = storedBlocks(underWay, { singleLines });
    try {
      yield { blocks, executor, sinks, onDelivered: (delivered) => void leftOut.add(delivered) };
    } finally {
      leftOut.report(talk.notice);
    }
    return;
  }
  const sinks = await openReplaySinks(underWay, way.output);
  /** All runs share the outputs. */
  const shared = { ...sinks, close: () => Promise.resolve() };
  const left = nothingLeft();
  try {
    for await (const letters of lettersToRetry(underWay, way, left)) {
      const executor = engines.engineOf(letters.pipeline).open();
      const keepsFailed = plan.deadLetter !== undefined;
      yield runOfLetters(underWay, letters, { sinks: shared, executor, keepsFailed, leftOut });
    }
  } finally {
    leftOut.report(talk.notice);
    reportLeft(left, talk.notice);
    if (isStdout(way.output)) reportUsedUp(left, talk.notice);
    await sinks.close();
  }
}

/** One executor for the log: that of a single pipeline, or one that sends each event to its own pipeline. */
function together(
  { through }: Extract<ReplayWay, { kind: 'pipelines' }>,
  pipelines: readonly { readonly pipeline: PipelineServePlan; readonly engine: PipelineEngine }[],
  tell: (message: string) => void,
): OpenExecutor {
  const opened = new Map(pipelines.map(({ pipeline, engine }) => [pipeline.spec.name, engine.open()]));
  const [only] = opened.values();
  if (through === 'one' && only !== undefined) {
    const outputs = pipelines[0]?.pipeline.spec.outputs ?? [];
    return leavesColumnsOpen(outputs) ? decidingColumns(only, outputs) : only;
  }
  const told = new Set<string | undefined>();
  const executor = byPipeline(opened, (pipeline) => {
    if (told.has(pipeline)) return;
    told.add(pipeline);
    tell(`the config has no pipeline ${JSON.stringify(pipeline)}: its events are left out`);
  });
  return {
    get width() {
      return executor.width;
    },
    submit: (block, meta) => executor.submit(block, meta),
    recycle: (lines) => executor.recycle?.(lines),
    end: async (meta) => (await executor.end?.(meta)) ?? mergeResults([]),
    async close() {
      await Promise.all([...opened.values()].map((one) => one.close()));
    },
  };
}
