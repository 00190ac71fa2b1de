import { availableParallelism } from 'node:os';
import type { AiClient } from '../../ai/index.js';
import {
  chooseExecutor,
  isAiStage,
  singleLines,
  type BlockOptions,
  type CallOptions,
  type EventOptions,
  type OpenExecutor,
  type PipelineSpec,
} from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import type { CallReady } from '../ai/ai-calls.js';
import type { AiPlan } from '../ai/open-client.js';

/** Processes the events of one pipeline. */
export interface PipelineEngine {
  /** Whether the engine needs blocks of one line each. */
  readonly singleLines: boolean;
  /** Reshapes the blocks of an input as the engine needs them. */
  readonly shape: (blocks: AsyncIterable<Block>) => AsyncIterable<Block>;
  /** Compiles the pipeline. @param ready waits until a call may be made; default: each may at once. @throws ComputoError */
  open(ready?: CallReady): OpenExecutor;
}

/** A pipeline, and what an engine needs to know about it. */
export interface EnginePipeline {
  readonly spec: PipelineSpec;
  readonly block: Omit<BlockOptions, 'pipeline'>;
  /** US dollars a day, as decimal text. */
  readonly budget: string | undefined;
}

export interface EnginesPlan extends Omit<AiPlan, 'config'> {
  /** Only pipelines of a config have AI stages. */
  readonly config?: AiPlan['config'];
  readonly pipelines: readonly EnginePipeline[];
  /** Opens the executor of a pipeline without AI stages. Default: as many threads as pay off. */
  readonly plain?: (block: BlockOptions) => OpenExecutor;
  /** Opens the executor of a pipeline with AI stages. Default: this thread. */
  readonly calling?: (events: EventOptions) => OpenExecutor;
}

/** Calls of another kind, and how many of them are made at a time; default: as many as usual. */
export type GivenCalls = Pick<CallOptions, 'calls'> & Partial<CallOptions>;

/** How calls are made, if not as usual. */
interface OtherCalls {
  readonly ready?: CallReady | undefined;
  readonly calls?: GivenCalls;
}

/** The engines of several pipelines, and what they share. */
export interface Engines {
  engineOf(pipeline: EnginePipeline): PipelineEngine;
  /** Opens an executor of a pipeline with AI stages that makes other calls. @throws ComputoError */
  openWith(pipeline: EnginePipeline, calls: GivenCalls): OpenExecutor;
  /** A view of the client that the AI stages call through; undefined if there are no AI stages. */
  readonly ai: Pick<AiClient, 'call' | 'providers' | 'spentToday' | 'status' | 'batches'> | undefined;
  /** Starts no more calls to providers; pending ones are finished. */
  drain(): void;
  /**
   * Cuts off pending calls, whose outcome then is unknown.
   *
   * @returns the names of the calls, for the user
   */
  abort(): Promise<readonly string[]>;
  /** Settles calls left open by processes that have died since. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens what the stages of all pipelines need: a single AI client, if any has an AI stage, because they share the providers'
 * limits.
 *
 * @param tell receives notices for the user
 * @throws ConfigError
 */
export async function openEngines(plan: EnginesPlan, tell: (message: string) => void): Promise<Engines> {
  const ai = plan.pipelines.some(hasAi) ? await openAiEngines(plan, tell) : undefined;
  const { plain = asManyThreadsAsPayOff } = plan;
  return {
    ai: ai?.client,
    engineOf(pipeline) {
      const block = { ...pipeline.block, pipeline: pipeline.spec };
      if (ai !== undefined && hasAi(pipeline)) {
        return { singleLines: true, shape: singleLines, open: (ready) => ai.open(block, { ready }) };
      }
      return { singleLines: false, shape: (blocks) => blocks, open: () => plain(block) };
    },
    openWith({ block, spec }, calls) {
      if (ai === undefined) throw new Error('calls without AI stages');
      return ai.open({ ...block, pipeline: spec }, { calls });
    },
    drain: () => void ai?.client.drain(),
    abort: async () => (ai === undefined ? [] : await abortCalls(ai.client)),
    async recover() {
      await ai?.client.recover();
    },
    close: async () => ai?.client.close(),
  };
}

function asManyThreadsAsPayOff(block: BlockOptions): OpenExecutor {
  return chooseExecutor(block, { threads: availableParallelism(), atOnce: false, inputBytes: undefined });
}

export function hasAi({ spec }: Pick<EnginePipeline, 'spec'>): boolean {
  return spec.stages.some(isAiStage);
}

async function abortCalls(client: AiClient): Promise<readonly string[]> {
  const before = new Set<string>();
  for await (const { key } of client.doubtful()) before.add(key);
  await client.abort();
  const names: string[] = [];
  for await (const { key, pipeline, stage, event } of client.doubtful())
    if (!before.has(key)) names.push(`${pipeline} › ${stage}: ${event ?? key}`);
  return names;
}

async function openAiEngines(
  { config, calling, ...plan }: EnginesPlan,
  tell: (message: string) => void,
): Promise<{ readonly client: AiClient; readonly open: (block: BlockOptions, other: OtherCalls) => OpenExecutor }> {
  if (config === undefined) throw new Error('AI stages without a config');
  const [{ aiEvents, onThisThread, reportDoubt: tellDoubt }, { openAi }] = await Promise.all([
    import('../ai/ai-engines.js'),
    import('../ai/open-client.js'),
  ]);
  const client = await openAi({ ...plan, config }, tell);
  tellDoubt(client, tell);
  return {
    client,
    open: (block, { ready, calls }) =>
      (calling ?? onThisThread)({ ...aiEvents(client, { ...plan, config }, block, ready), ...calls }),
  };
}
