import type { Json } from 'computo-js';
import { chargeOfDollars, dollars } from '../../ai/money/index.js';
import { EventFailure } from '../failure.js';
import { textOf } from '../text-of.js';
import type { AiCall, AiCalls, AiOutcome, AiStagePlan, CallTook } from './ai-calls.js';

const stages = new WeakMap<AiStagePlan, readonly AiStagePlan[]>();

/** Returns the steps of a cascade, each as a stage with one model; the stage itself if it has no cascade. */
export function stagesOfSteps(stage: AiStagePlan): readonly AiStagePlan[] {
  const known = stages.get(stage);
  if (known !== undefined) return known;
  const { cascade } = stage;
  const steps = cascade?.map(({ model }, i): AiStagePlan => ({ ...stage, model, step: i + 1 })) ?? [stage];
  stages.set(stage, steps);
  return steps;
}

/**
 * Returns the later steps, which ask the same if the answer of this step is not accepted. Empty for the last step, and without a
 * cascade.
 */
export function stagesBehind(stage: AiStagePlan): readonly AiStagePlan[] {
  const { cascade = [], step } = stage;
  if (step === undefined) return [];
  return cascade.slice(step).map(({ model }, i): AiStagePlan => ({ ...stage, model, step: step + i + 1 }));
}

/** Returns the name of a step where steps are distinguished, such as `ai-1 step 2 (gpt-4o)`. */
export function stepLabel({ name, model, step }: Pick<AiStagePlan, 'name' | 'model' | 'step'>): string {
  return step === undefined ? name : `${name} step ${step} (${model ?? ''})`;
}

/** Whether a step's answer is accepted. @throws EventFailure if the step's script fails or returns neither true nor false */
export type Accepts = (step: AiStagePlan, answer: Json) => boolean;

/**
 * Returns the call of a stage with a cascade. Its steps are separate calls, made one after the other, each with its own journal
 * record, ledger entry and reservation. Another run therefore pays for no answered step again, even with a different `accept` or
 * different later models.
 *
 * @param request the universal request, which names no model
 */
export function cascadeCall(
  stage: AiStagePlan,
  calls: AiCalls,
  request: Json,
  tags: Json | undefined,
  accepts: Accepts,
): AiCall {
  const steps = stagesOfSteps(stage);
  const [first = stage] = steps;
  // Equal requests are equal for each model, so one fingerprint tells all steps how many equal requests came before.
  const asked = calls.prepare(first, request, tags);
  const callOf = (step: AiStagePlan): AiCall => (step === first ? asked : calls.prepare(step, request, tags));

  async function through<T extends AiOutcome | undefined>(ask: (call: AiCall) => Promise<T>): Promise<T | AiOutcome> {
    let before: CallTook | undefined;
    for (const step of steps) {
      const outcome = await ask(callOf(step));
      if (outcome === undefined || outcome.kind === 'paused') return outcome;
      const isLast = step === steps.at(-1);
      if (outcome.kind === 'answered') {
        if (isLast || accepted(step, outcome, accepts)) return servedBy(step, outcome, before);
      } else if (isLast || !movesOn(step, outcome)) {
        return { ...outcome, message: `${stepLabel(step)}: ${outcome.message}` };
      }
      before = together(before, outcome.took);
    }
    throw new TypeError(`the cascade of ${stage.name} has no steps`);
  }

  return {
    fingerprint: asked.fingerprint,
    send: (event) => through(async (call) => (await call.ready?.(event)) ?? (await call.send(event))),
    recall: (event) => through((call) => call.recall(event)),
  };
}

/**
 * Whether a step's failure leads to the next step: an answer that does not satisfy the schema, a request that is too long for the
 * model, and the outcomes that `fallback_on` names.
 */
export function movesOn({ fallbackOn }: AiStagePlan, outcome: Extract<AiOutcome, { kind: 'failed' }>): boolean {
  switch (outcome.code) {
    case 'schema':
      return true;
    case 'truncated':
      return fallbackOn.includes('truncated');
    case 'filtered':
    case 'refused':
      return fallbackOn.includes('content_filter');
    default:
      return outcome.tooLong === true;
  }
}

type Answered = Extract<AiOutcome, { kind: 'answered' }>;

/** @throws EventFailure with the answer that was paid for: the answer stays in the journal while the script is fixed */
function accepted(step: AiStagePlan, { answer }: Answered, accepts: Accepts): boolean {
  const { response } = answer as { readonly response: Json };
  try {
    return accepts(step, response);
  } catch (error) {
    if (!(error instanceof EventFailure)) throw error;
    const { kind, message, path, at } = error;
    const said = typeof response === 'string' ? response : textOf(response, step.name);
    throw new EventFailure(kind, `accept of ${stepLabel(step)}: ${message}`, step.name, path, at, said);
  }
}

/** Returns an answer that names its step, with the totals of all steps that were asked. */
function servedBy({ step = 1 }: AiStagePlan, outcome: Answered, before: CallTook | undefined): Answered {
  const took = together(before, outcome.took);
  const { cached, ...costs } = took;
  const whole = (answer: Json, isCached: boolean): Json => ({
    ...(answer as Readonly<Record<string, Json>>),
    ...costs,
    usage: { ...costs.usage },
    cached: isCached,
    step,
  });
  return { ...outcome, answer: whole(outcome.answer, cached), original: whole(outcome.original, false), took };
}

function together(before: CallTook | undefined, more: CallTook | undefined): CallTook {
  if (before === undefined || more === undefined) return before ?? more ?? NOTHING;
  const [a, b] = [before.usage, more.usage];
  return {
    usage: {
      prompt_tokens: a.prompt_tokens + b.prompt_tokens,
      completion_tokens: a.completion_tokens + b.completion_tokens,
      total_tokens: a.total_tokens + b.total_tokens,
      cached_tokens: a.cached_tokens + b.cached_tokens,
    },
    cost_usd: sumOf(before.cost_usd, more.cost_usd),
    latency_ms: before.latency_ms + more.latency_ms,
    attempts: before.attempts + more.attempts,
    cached: before.cached && more.cached,
  };
}

const NOTHING: CallTook = {
  usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cached_tokens: 0 },
  cost_usd: 0,
  latency_ms: 0,
  attempts: 0,
  cached: true,
};

/** Adds exactly, which doubles would not. */
function sumOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : dollars(chargeOfDollars(a) + chargeOfDollars(b));
}
