import type { AiClient, CallHooks } from '../ai/index.js';
import type { LoadedConfig } from '../config/index.js';
import {
  eventExecutor,
  isAiStage,
  type BlockExecutor,
  type BlockOptions,
  type EventOptions,
  type PipelineSpec,
} from '../pipeline/index.js';
import type { ClientNeeds, SharedBooks } from './ai/open-client.js';

export type OpenExecutor = BlockExecutor & { close(): Promise<void> };

/** What works on the events of one pipeline. */
export interface PipelineEngine {
  /** Whether it wants blocks of one line each. */
  readonly singleLines: boolean;
  open(): OpenExecutor;
}

/** A pipeline, and what an engine needs to know of it. */
export interface EnginePipeline {
  readonly spec: PipelineSpec;
  readonly block: Omit<BlockOptions, 'pipeline'>;
  /** US dollars a day, as decimal text. */
  readonly budget: string | undefined;
}

export interface EnginesPlan {
  readonly config: LoadedConfig;
  readonly pipelines: readonly EnginePipeline[];
  /** Opens what works on a pipeline without AI stages. */
  readonly plain: (block: BlockOptions) => OpenExecutor;
  /** Opens what works on a pipeline with AI stages. Default: this thread. */
  readonly calling?: (events: EventOptions) => OpenExecutor;
  /** When AI providers are asked again that refuse everybody. Default: not in this run. */
  readonly probeDown?: ClientNeeds['probeDown'];
  /** Ask AI providers anew, whatever the journal holds. */
  readonly live: boolean;
  /** Told of the calls to AI providers. */
  readonly hooks?: CallHooks;
  /** Undefined: the state folder has them. */
  readonly books?: SharedBooks | undefined;
  /** US dollars that all calls may cost together. */
  readonly maxCost?: string;
}

/** The engines of several pipelines, and what they share. */
export interface Engines {
  engineOf(pipeline: EnginePipeline): PipelineEngine;
  /** What the AI stages call through, to look at; undefined where there are none. */
  readonly ai: Pick<AiClient, 'providers' | 'spentToday' | 'status'> | undefined;
  /** No call to a provider is begun any more; those under way are finished. */
  drain(): void;
  /**
   * Cuts off the calls under way: nobody knows what becomes of them.
   *
   * @returns what names them, for a person
   */
  abort(): Promise<readonly string[]>;
  /** Settles what processes have left open that died since. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens what the stages of all pipelines need: one AI client, if any has an AI stage, because they share the providers' limits.
 *
 * @param tell a notice for a person
 * @throws ConfigError
 */
export async function openEngines(plan: EnginesPlan, tell: (message: string) => void): Promise<Engines> {
  const ai = plan.pipelines.some(hasAi) ? await openAiEngines(plan, tell) : undefined;
  const { calling = onThisThread } = plan;
  return {
    ai: ai?.client,
    engineOf(pipeline) {
      const block = { ...pipeline.block, pipeline: pipeline.spec };
      if (ai === undefined || !hasAi(pipeline)) return { singleLines: false, open: () => plan.plain(block) };
      return { singleLines: true, open: () => calling(ai.eventsOf(block)) };
    },
    drain: () => void ai?.client.drain(),
    abort: async () => (ai === undefined ? [] : await cutOff(ai.client)),
    async recover() {
      await ai?.client.recover();
    },
    close: async () => ai?.client.close(),
  };
}

function onThisThread(events: EventOptions): OpenExecutor {
  return Object.assign(eventExecutor(events), { close: () => Promise.resolve() });
}

export function hasAi({ spec }: Pick<EnginePipeline, 'spec'>): boolean {
  return spec.stages.some(isAiStage);
}

async function cutOff(client: AiClient): Promise<readonly string[]> {
  const before = new Set<string>();
  for await (const { key } of client.doubtful()) before.add(key);
  await client.abort();
  const names: string[] = [];
  for await (const { key, pipeline, stage, event } of client.doubtful())
    if (!before.has(key)) names.push(`${pipeline} › ${stage}: ${event ?? key}`);
  return names;
}

async function openAiEngines(
  { config, pipelines, live, maxCost, hooks, books, probeDown }: EnginesPlan,
  tell: (message: string) => void,
): Promise<{ readonly client: AiClient; readonly eventsOf: (block: BlockOptions) => EventOptions }> {
  const [{ aiEvents, providersOf, tellDoubt }, { openClient }] = await Promise.all([
    import('./ai/ai-executor.js'),
    import('./ai/open-client.js'),
  ]);
  const budgets: Record<string, string> = {};
  for (const { spec, budget } of pipelines) if (budget !== undefined) budgets[spec.name] = budget;
  const client = await openClient(config, {
    providers: [...new Set(pipelines.flatMap(({ spec }) => providersOf(spec)))],
    pipelineBudgets: budgets,
    ...(maxCost !== undefined && { maxCost }),
    onNotice: ({ message }) => tell(message),
    ...(hooks && { hooks }),
    ...(books && { books }),
    probeDown,
  });
  tellDoubt(client, tell);
  return { client, eventsOf: (block) => aiEvents(client, { config, live }, block) };
}
