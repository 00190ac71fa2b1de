import type { AiClient } from '../../ai/index.js';
import { useProvider, useSection, type LoadedConfig } from '../../config/index.js';
import {
  eventExecutor,
  isAiStage,
  type BlockExecutor,
  type BlockOptions,
  type EventOptions,
  type PipelineSpec,
} from '../../pipeline/index.js';
import { showAmount } from '../amounts.js';
import { aiCalls } from './ai-calls.js';
import { openClient } from './open-client.js';

/** Calls in flight where no limit says more: enough to hide an answer's time, few enough for any provider. */
const CONCURRENCY_DEFAULT = 16;
const CONCURRENCY_MAX = 128;
/** An answer takes about so long; a limit per minute keeps that many calls busy. */
const ANSWER_SECONDS = 5;
/** Events held for each call in flight, so that one slow answer does not keep the others from being asked. */
const WINDOW_PER_CALL = 4;

export interface AiRun {
  readonly config: LoadedConfig;
  /** US dollars a day for the pipeline. */
  readonly budget?: string;
  /** US dollars for this run. */
  readonly maxCost?: string;
  /** Calls in flight; undefined: by the providers' limits. */
  readonly concurrency?: number;
  /** Ask anew, whatever the journal holds. */
  readonly live: boolean;
}

/** What a run with AI stages needs, opened. */
export interface OpenedAi {
  readonly executor: BlockExecutor;
  readonly client: AiClient;
}

/**
 * Opens the AI client of a run and the executor that sends its events through it.
 *
 * @param tell a notice for a person
 */
export async function openAi(run: AiRun, block: BlockOptions, tell: (message: string) => void): Promise<OpenedAi> {
  const client = await openRunClient(run, block.pipeline, tell);
  tellDoubt(client, tell);
  return { executor: eventExecutor(aiEvents(client, run, block)), client };
}

/**
 * Opens the AI client of a run.
 *
 * @param forLook nothing will be sent: where no state is kept, none is made
 */
export function openRunClient(
  run: AiRun,
  pipeline: PipelineSpec,
  tell: (message: string) => void,
  forLook = false,
): Promise<AiClient> {
  return openClient(run.config, {
    providers: providersOf(pipeline),
    pipelineBudgets: run.budget === undefined ? {} : { [pipeline.name]: run.budget },
    ...(run.maxCost !== undefined && { maxCost: run.maxCost }),
    onNotice: ({ message }) => tell(message),
    ...(forLook && { forLook }),
  });
}

/** Says what dead processes have left: calls that may have been billed. */
export function tellDoubt({ recovered: { inDoubt, atMost } }: AiClient, tell: (message: string) => void): void {
  if (inDoubt === 0) return;
  const calls = inDoubt === 1 ? '1 call' : `${inDoubt} calls`;
  tell(`${calls} in doubt, at most ${showAmount(atMost)}: colloquium journal doubtful names them`);
}

/** How an executor sends events through a client that is open already, and may be shared. */
export function aiEvents(
  client: AiClient,
  run: Pick<AiRun, 'config' | 'concurrency' | 'live'>,
  block: BlockOptions,
): EventOptions {
  const concurrency = run.concurrency ?? concurrencyFor(run.config, providersOf(block.pipeline));
  const calls = aiCalls(client, { live: run.live, inDoubt: useSection(run.config, 'journal').in_doubt });
  return { ...block, calls, concurrency, window: concurrency * WINDOW_PER_CALL };
}

/** The providers that any of a pipeline's stages may ask. */
export function providersOf(pipeline: PipelineSpec): readonly string[] {
  return [...new Set(pipeline.stages.filter(isAiStage).flatMap(({ providers }) => providers))];
}

/** As many calls as the providers' limits can feed. */
export function concurrencyFor(config: LoadedConfig, providers: readonly string[]): number {
  const each = providers.map((name) => {
    const { max_concurrency: max, rate_limit: limit } = useProvider(config, name);
    if (max !== undefined) return max;
    const perMinute = limit?.requests_per_minute;
    return perMinute === undefined ? CONCURRENCY_DEFAULT : Math.ceil((perMinute / 60) * ANSWER_SECONDS);
  });
  return Math.min(CONCURRENCY_MAX, Math.max(1, ...each));
}
