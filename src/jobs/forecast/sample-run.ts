import { chargeOfDollars } from '../../ai/money/index.js';
import type { AiClient, CallResult } from '../../ai/index.js';
import { eventExecutor, type AiCalls, type BlockOptions } from '../../pipeline/index.js';
import { callsThat, contextOf, outcomeOf, type CallManner } from '../ai/ai-calls.js';
import type { Candidate } from './sampler.js';

/** What a row's call at one stage actually took. */
export interface StageActual {
  readonly stage: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Nano-dollars. Zero if no price is known. */
  readonly cost: number;
  /** Milliseconds. */
  readonly latencyMs: number;
}

/** A row of the sample that got its answers. */
export interface SampledRow {
  readonly candidate: Candidate;
  /** Each call that was made for the row now; excludes those answered by the journal. */
  readonly stages: readonly StageActual[];
}

export interface SampleResult {
  readonly rows: readonly SampledRow[];
  /** The number of rows that got no answer. */
  readonly failed: number;
  /** Why they got none: the first few reasons. */
  readonly failures: readonly string[];
  /** Why the sample run stopped before all rows were sent. */
  readonly stopped: string | undefined;
}

const FAILURES_TOLD_MAX = 3;

/** Sends the chosen rows through the whole pipeline, several at a time. Their answers are then in the journal. */
export async function runSample(
  chosen: readonly Candidate[],
  client: AiClient,
  block: BlockOptions,
  manner: CallManner,
  concurrency: number,
): Promise<SampleResult> {
  const rows: SampledRow[] = [];
  const failures: string[] = [];
  let failed = 0;
  let stopped: string | undefined;
  const isStopped = (): boolean => stopped !== undefined;
  const occurrences = new Map<string, number>();

  const send = async (candidate: Candidate): Promise<void> => {
    const stages: StageActual[] = [];
    const problems: string[] = [];
    const calls = sampledCalls(candidate, client, manner, occurrences, (stage, result) => {
      if (result.kind === 'failed') problems.push(`${stage}: ${result.message}`);
      if (result.kind === 'stopped') stopped ??= result.message;
      if (result.kind === 'answered' && !result.cached) stages.push(actualOf(stage, result));
    });
    // A separate executor, because sampled rows are not in input order, in which an executor numbers equal requests.
    const executor = eventExecutor({ ...block, calls, concurrency: 1, window: 1 });
    const { block: line } = candidate.row;
    try {
      await executor.submit(line, { source: line.source, timestamp: Date.now(), counter: 0 });
    } catch (error) {
      // A stopped call ends its row with an error.
      if (!isStopped()) throw error;
      return;
    }
    if (problems.length === 0) {
      rows.push({ candidate, stages });
    } else {
      failed += 1;
      if (failures.length < FAILURES_TOLD_MAX) failures.push(...problems.slice(0, 1));
    }
  };

  const waiting = [...chosen];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isStopped(); next = waiting.shift()) await send(next);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, chosen.length) }, work));
  return { rows, failed, failures, stopped };
}

/** Makes the calls of one row: equal requests keep the numbers that they have in the input, as far as those are known. */
function sampledCalls(
  { row }: Candidate,
  client: AiClient,
  { live, inDoubt, readPart }: CallManner,
  occurrences: Map<string, number>,
  tell: (stage: string, result: CallResult) => void,
): AiCalls {
  return callsThat(readPart, async (request, stage, event, fingerprint) => {
    const key = `${stage.name} ${fingerprint}`;
    const next = occurrences.get(key) ?? 0;
    const occurrence = row.occurrences.get(stage.name) ?? next;
    if (!row.occurrences.has(stage.name)) occurrences.set(key, next + 1);
    const context = contextOf(stage, { ...event, occurrence });
    const result = await client.call(request, { ...context, inDoubt: stage.inDoubt ?? inDoubt, live });
    tell(stage.name, result);
    return outcomeOf(result);
  });
}

function actualOf(stage: string, result: Extract<CallResult, { kind: 'answered' }>): StageActual {
  const { usage, cost_usd: cost, latency_ms: latencyMs } = result;
  return {
    stage,
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    cost: cost === null ? 0 : Number(chargeOfDollars(cost)),
    latencyMs,
  };
}
