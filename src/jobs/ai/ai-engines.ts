import type { AiClient } from '../../ai/index.js';
import { useProvider, useSection, type LoadedConfig } from '../../config/index.js';
import {
  eventExecutor,
  GATHERED_MAX,
  isAiStage,
  type BlockOptions,
  type EventOptions,
  type OpenExecutor,
} from '../../pipeline/index.js';
import { showAmount } from '../../ai/money/index.js';
import { aiCalls, type CallManner, type CallReady } from './ai-calls.js';
import { providersOf, type AiPlan } from './open-client.js';
import { partReader } from './part-reader.js';

/** Calls in flight if no limit sets another number: enough to hide an answer's latency, few enough for any provider. */
const CONCURRENCY_DEFAULT = 16;
const CONCURRENCY_MAX = 128;
/** The assumed duration of an answer; a limit per minute keeps a matching number of calls busy. */
const ANSWER_SECONDS = 5;
/** Events held per call in flight, so that one slow answer does not delay the calls for other events. */
const WINDOW_PER_CALL = 4;

/** Reports what dead processes left behind: calls that may have been billed. */
export function reportDoubt({ recovered: { inDoubt, atMost } }: AiClient, tell: (message: string) => void): void {
  if (inDoubt === 0) return;
  const calls = inDoubt === 1 ? '1 call' : `${inDoubt} calls`;
  tell(`${calls} in doubt, at most ${showAmount(atMost)}: colloquium journal doubtful names them`);
}

/** Determines how the calls of a run are made. */
export function callManner({ config, live }: Pick<AiPlan, 'config' | 'live'>): CallManner {
  return { live, inDoubt: useSection(config, 'journal').in_doubt, readPart: partReader(config.directory) };
}

/**
 * The options for an executor that sends events through a client that is already open, and may be shared.
 *
 * @param ready waits until a call may be made
 */
export function aiEvents(
  client: AiClient,
  run: Pick<AiPlan, 'config' | 'concurrency' | 'live'>,
  block: BlockOptions,
  ready?: CallReady,
): EventOptions {
  const concurrency = run.concurrency ?? concurrencyFor(run.config, providersOf(block.pipeline));
  const calls = aiCalls(client, { ...callManner(run), ready });
  const gathers = block.pipeline.stages.some((stage) => isAiStage(stage) && stage.embedding !== undefined);
  const window = Math.max(concurrency * WINDOW_PER_CALL, gathers ? GATHERED_MAX : 0);
  return { ...block, calls, concurrency, window };
}

/** Returns an executor that sends events from this thread. */
export function onThisThread(events: EventOptions): OpenExecutor {
  return Object.assign(eventExecutor(events), { close: () => Promise.resolve() });
}

/** As many calls as the providers' limits can keep busy. */
export function concurrencyFor(config: LoadedConfig, providers: readonly string[]): number {
  const each = providers.map((name) => {
    const { max_concurrency: max, rate_limit: limit, lanes } = useProvider(config, name, true);
    if (max !== undefined) return max * lanes;
    const perMinute = limit?.requests_per_minute;
    return lanes * (perMinute === undefined ? CONCURRENCY_DEFAULT : Math.ceil((perMinute / 60) * ANSWER_SECONDS));
  });
  return Math.min(CONCURRENCY_MAX, Math.max(1, ...each));
}
