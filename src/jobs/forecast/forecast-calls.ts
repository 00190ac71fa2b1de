import type { AiClient } from '../../ai/index.js';
import type { AiCalls, AiOutcome } from '../../pipeline/index.js';
import { callsThat, contextOf, outcomeOf, type CallManner } from '../ai/ai-calls.js';
import { AWAITED } from './awaited.js';
import type { RowTracker } from './row.js';
import type { Sampler } from './sampler.js';
import { addCall, type StageForecast } from './stage-forecast.js';

const AWAITED_OUTCOME: AiOutcome = { kind: 'failed', code: AWAITED, message: 'the answer is not there yet' };

export interface ForecastOptions {
  /** Used only for estimates. */
  readonly client: AiClient;
  readonly manner: CallManner;
  readonly forecastOf: (stage: string) => StageForecast;
  readonly rows: RowTracker;
  readonly sampler: Sampler;
}

/** Returns calls that are counted but not made: the journal answers those that it holds, and every other event ends here. */
export function forecastCalls({ client, manner, forecastOf, rows, sampler }: ForecastOptions): AiCalls {
  const { live, readPart } = manner;
  return callsThat(readPart, async (request, stage, event, fingerprint) => {
    const forecast = forecastOf(stage.name);
    const context = { ...contextOf(stage, event), live };
    const row = rows.current();
    row?.occurrences.set(stage.name, event.occurrence);

    const known = await client.recall(request, context);
    if (known !== undefined) {
      forecast.journaled += 1;
      return outcomeOf(known);
    }
    if (stage.dedupe && event.occurrence > 0) {
      forecast.duplicates += 1;
      forecast.awaiting += 1;
      return AWAITED_OUTCOME;
    }
    const estimate = await client.estimate(request, context);
    if (estimate.kind === 'impossible') {
      forecast.unfit += 1;
      return { kind: 'failed', code: 'no_provider', message: estimate.message };
    }
    addCall(forecast, estimate);
    forecast.awaiting += 1;
    const identity = `${stage.name} ${fingerprint} ${event.occurrence}`;
    if (row !== undefined) sampler.offer({ row, stage: stage.name, call: estimate }, identity);
    return AWAITED_OUTCOME;
  });
}
