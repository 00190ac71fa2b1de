import type { AiCallOptions, AiClient, BatchedRequest, UniversalRequest } from '../../ai/index.js';
import { stagesBehind, type AiCalls, type AiEvent, type AiStagePlan } from '../../pipeline/index.js';
import { callsThat, contextOf, outcomeOf, type CallManner } from '../ai/ai-calls.js';
import { AWAITED } from '../forecast/awaited.js';

/** Puts a request into a batch if it goes into one. `none`: it does not. */
export type GatherRequest = (
  request: UniversalRequest,
  context: AiCallOptions,
  event: AiEvent,
) => Promise<Pick<BatchedRequest, 'kind'>>;

/** How many requests are written and recorded at a time, of how many events that are held. */
export const GATHERED_AT_ONCE = { concurrency: 128, window: 512 } as const;

/** Whether some stages in front of those that go in batches are asked live meanwhile. */
export function isMixed(stages: readonly AiStagePlan[], gathers: (stage: string) => boolean): boolean {
  const last = stages.findLastIndex(({ name }) => gathers(name));
  return stages.slice(0, Math.max(0, last)).some(({ name }) => !gathers(name));
}

const WAITS = { kind: 'failed', code: AWAITED, message: 'the answer is not there yet' } as const;

/**
 * Returns calls that put requests into batches and do not wait for answers: an event whose answer is not there yet fails as
 * awaited. Stages in front of those that go in batches are asked live, and what comes behind the last such call is not asked.
 *
 * @param stages the AI stages of the pipeline, in order
 * @param gathers how to gather the requests of a stage; undefined: they go live
 */
export function gatheringCalls(
  client: Pick<AiClient, 'call'>,
  manner: Pick<CallManner, 'inDoubt' | 'readPart'>,
  stages: readonly AiStagePlan[],
  gathers: (stage: string) => GatherRequest | undefined,
): AiCalls {
  const last = stages.findLastIndex(({ name }) => gathers(name) !== undefined);
  return callsThat(manner.readPart, async (request, stage, event) => {
    const context = { ...contextOf(stage, event), inDoubt: stage.inDoubt ?? manner.inDoubt };
    const gather = gathers(stage.name);
    if (gather !== undefined && (await gather(request, context, event)).kind !== 'none') return WAITS;
    // What comes behind the last call that may go in a batch is asked for when it runs.
    const at = stages.findIndex(({ name }) => name === stage.name);
    const isLast = at === last && gather !== undefined && stagesBehind(stage).length === 0;
    if (at > last || isLast) return WAITS;
    return outcomeOf(await client.call(request, context));
  });
}
