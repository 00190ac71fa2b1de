import { BATCH_DIVISOR, type Nano } from '../../../ai/money/index.js';
import type { Bill } from '../../../jobs/forecast/index.js';
import { isAiStage, stagesOfSteps, stepLabel, type BatchPlan, type PipelineSpec } from '../../../pipeline/index.js';

/** What the calls of a bill cost if batches answer all of those that go in batches. */
export interface BatchPrice {
  readonly likely: Nano;
  /** Undefined: unknown, as that of the bill. */
  readonly worst: Nano | undefined;
  /** The stages whose requests go in batches; undefined: all. */
  readonly only: readonly string[] | undefined;
}

/** @param batches the stages whose requests go in batches, by name */
export function batchPrice(
  { stages, total: { cost } }: Bill,
  pipeline: PipelineSpec,
  batches: ReadonlyMap<string, BatchPlan>,
): BatchPrice {
  const calling = pipeline.stages.filter(isAiStage);
  const inBatches = calling.filter(({ name }) => batches.has(name));
  const labels = new Set(inBatches.flatMap(stagesOfSteps).map(stepLabel));
  const halved = stages.filter(({ stage }) => labels.has(stage)).map((stage) => stage.cost);
  const likely = halved.reduce((sum, one) => sum + BigInt(Math.round(one.likely)), 0n);
  const worst = halved.reduce((sum, one) => sum + (one.worst ?? 0n), 0n);
  return {
    likely: BigInt(Math.round(cost.likely)) - saved(likely),
    worst: cost.worst === undefined ? undefined : cost.worst - saved(worst),
    only: inBatches.length === calling.length ? undefined : inBatches.map(({ name }) => name),
  };
}

function saved(live: Nano): Nano {
  return live - live / BATCH_DIVISOR;
}
