import { availableParallelism } from 'node:os';
import { byPipeline, chooseExecutor, type BlockExecutor } from '../../pipeline/index.js';
import type { Sink } from '../../sinks/index.js';
import { openEngines, type Engines, type OpenExecutor } from '../engines.js';
import type { PipelineServePlan } from '../serve/plan.js';
import { lettersToDrive, nothingLeft, tellLeft } from './letters.js';
import type { ReplayPlan, ReplayWay } from './plan.js';
import type { ReplayRun } from './runs.js';
import type { OpenReplay } from './open-replay.js';
import { openDeadLetters, openOutput } from './sinks.js';
import { storedBlocks } from './stored-blocks.js';
import { writeStderr } from '../run/stderr.js';

/** Opens what works on the pipelines of a replay. */
export function openReplayEngines(
  { config, live, maxCost }: Pick<ReplayPlan, 'config' | 'live' | 'maxCost'>,
  pipelines: readonly PipelineServePlan[],
): Promise<Engines> {
  const threads = availableParallelism();
  return openEngines(
    {
      config,
      pipelines,
      live,
      ...(maxCost !== undefined && { maxCost }),
      plain: (block) => chooseExecutor(block, { threads, atOnce: false, inputBytes: undefined }),
    },
    (message) => writeStderr(`colloquium: ${message}\n`),
  );
}

/** A replay to one output: the log in one run, or one run for the dead letters of each pipeline. */
export async function* runsToOneOutput(
  underWay: OpenReplay,
  way: Extract<ReplayWay, { kind: 'pipelines' }>,
  engines: Engines,
): AsyncGenerator<ReplayRun> {
  const { plan } = underWay;
  const engineOf = new Map(way.pipelines.map((pipeline) => [pipeline, engines.engineOf(pipeline)]));
  const opened = new Map<PipelineServePlan, OpenExecutor>(
    [...engineOf].map(([pipeline, engine]) => [pipeline, engine.open()]),
  );
  const output = await openOutput(way.output);
  const deadLetters = openDeadLetters(plan.deadLetter);
  const shared = { outputs: [output], deadLetters };
  try {
    if (plan.choice.from === 'log') {
      const singleLines = [...engineOf.values()].some((engine) => engine.singleLines);
      yield { ...shared, blocks: storedBlocks(underWay, { singleLines }), executor: together(way, opened) };
      return;
    }
    const left = nothingLeft();
    for await (const { pipeline, blocks, onReached, note, remember } of lettersToDrive(underWay, way, left)) {
      const executor = opened.get(pipeline);
      if (executor === undefined) throw new Error(`no executor for pipeline ${pipeline.spec.name}`);
      yield { ...shared, blocks, executor, onReached, finish: () => remember(note()) };
    }
    tellLeft(left);
  } finally {
    await closeAll([output, deadLetters]);
    await Promise.all([...opened.values()].map((executor) => executor.close()));
  }
}

/** One executor for the log: the one pipeline's, or one that sends each event to its own. */
function together(
  { pipelines, through }: Extract<ReplayWay, { kind: 'pipelines' }>,
  opened: ReadonlyMap<PipelineServePlan, OpenExecutor>,
): BlockExecutor {
  const byName = new Map([...opened].map(([{ spec }, executor]) => [spec.name, executor]));
  const only = pipelines[0] === undefined ? undefined : opened.get(pipelines[0]);
  if (through === 'one' && only !== undefined) return only;
  const told = new Set<string | undefined>();
  return byPipeline(byName, (pipeline) => {
    if (told.has(pipeline)) return;
    told.add(pipeline);
    writeStderr(`colloquium: the config has no pipeline ${JSON.stringify(pipeline)}: its events are left out\n`);
  });
}

async function closeAll(sinks: readonly Sink[]): Promise<void> {
  for (const sink of sinks) await sink.close();
}
