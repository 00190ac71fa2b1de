import type { AiClient } from '../../ai/index.js';
import {
  blockProcessor,
  inlineExecutor,
  workerExecutor,
  type BlockExecutor,
  type BlockOptions,
} from '../../pipeline/index.js';
import type { PipelineServePlan, ServePlan } from './plan.js';
import type { Talk } from './talk.js';

/** What works on the events of one pipeline. */
export interface Engine {
  /** Whether it wants blocks of one line each. */
  readonly singleLines: boolean;
  open(): BlockExecutor & { close(): Promise<void> };
}

/** The engines of all pipelines, and what they share. */
export interface Engines {
  engineOf(plan: PipelineServePlan): Engine;
  /** No call to a provider is begun any more; those under way are finished. */
  drain(): void;
  close(): Promise<void>;
}

/**
 * Compiles every pipeline, so that what can't be is known before the first event, and opens what AI stages need.
 *
 * @throws ComputoError, ConfigError
 */
export async function openEngines(plan: ServePlan, talk: Talk): Promise<Engines> {
  const plain = plan.pipelines.filter((pipeline) => !hasAi(pipeline));
  for (const pipeline of plain) blockProcessor(blockOf(pipeline));
  const workersEach = Math.ceil(plan.workers / Math.max(1, plain.length));
  const ai = plain.length === plan.pipelines.length ? undefined : await openAi(plan, talk);
  return {
    engineOf(pipeline) {
      const block = blockOf(pipeline);
      if (hasAi(pipeline) && ai !== undefined) return ai.engineOf(pipeline, block);
      return { singleLines: false, open: () => threads(block, workersEach) };
    },
    drain: () => void ai?.client.drain(),
    close: async () => ai?.client.close(),
  };
}

function hasAi({ spec }: PipelineServePlan): boolean {
  return spec.stages.some(({ kind }) => kind === 'ai');
}

function blockOf({ spec, block }: PipelineServePlan): BlockOptions {
  return { ...block, pipeline: spec };
}

/** Threads that are started with the first event, so that the daemon is ready at once. */
function threads(block: BlockOptions, workers: number): ReturnType<Engine['open']> {
  const processHere = blockProcessor(block);
  if (workers === 0) return { ...inlineExecutor(processHere), close: () => Promise.resolve() };
  let pool: ReturnType<typeof workerExecutor> | undefined;
  const opened = (): ReturnType<typeof workerExecutor> =>
    (pool ??= workerExecutor(block, processHere, workers, new URL('./worker.js', import.meta.url)));
  return {
    // One block less than the threads take, so that none is worked on here: this thread takes events in.
    width: workers * 2 - 1,
    submit: (content, meta) => opened().submit(content, meta),
    close: async () => pool?.close(),
  };
}

interface AiEngines {
  readonly client: AiClient;
  engineOf(pipeline: PipelineServePlan, block: BlockOptions): Engine;
}

/** One client for all pipelines: they share the providers' limits. */
async function openAi(plan: ServePlan, talk: Talk): Promise<AiEngines> {
  const [{ aiExecutor, providersOf }, { openClient }] = await Promise.all([
    import('../ai/ai-executor.js'),
    import('../ai/open-client.js'),
  ]);
  const budgets = plan.pipelines.flatMap(({ spec, budget }) => (budget === undefined ? [] : [[spec.name, budget]]));
  const client = await openClient(plan.config, {
    providers: [...new Set(plan.pipelines.flatMap(({ spec }) => providersOf(spec)))],
    pipelineBudgets: Object.fromEntries(budgets) as Record<string, string>,
    onNotice: ({ message }) => talk.warn(message),
  });
  return {
    client,
    engineOf: (_pipeline, block) => ({
      singleLines: true,
      open: () => ({
        ...aiExecutor(client, { config: plan.config, live: false }, block),
        close: () => Promise.resolve(),
      }),
    }),
  };
}
