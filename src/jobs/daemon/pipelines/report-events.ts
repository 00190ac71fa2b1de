import type { Attributes, LedgerEntry } from '../../../ai/index.js';
import type { StagePlan } from '../../../config/index.js';
import { forgetsAt, type Observation, type StageCounts } from '../../../pipeline/index.js';
import type { Talk } from '../../talk.js';

/** Failures of one kind in one block of events. */
interface Failures {
  readonly kind: string;
  readonly stage: string | undefined;
  readonly count: number;
}

/** Logs how each event went through the stages, by its id. */
export function reportEvents(talk: Talk, pipeline: string, observations: readonly Observation[]): void {
  if (!talk.isDebug()) return;
  for (const { id: event, steps, outcome, failure } of observations) {
    // Logs all lines of an event or none.
    if (!talk.admits('events')) continue;
    for (const { stage, seconds } of steps)
      talk.debug('a stage is done', { event, pipeline, stage, ms: inMs(seconds) });
    const why = failure && { kind: failure.kind, error: failure.message, stage: failure.stage };
    talk.debug('an event is done', { event, pipeline, outcome, ...why });
  }
}

/** Logs that events failed, whatever becomes of them. */
export function reportFailures(talk: Talk, pipeline: string, failures: readonly Failures[]): void {
  for (const { kind, stage, count } of failures) {
    talk.warn('events failed', { pipeline, stage, kind, events: count });
  }
}

/** Logs that no output took some events: they are written nowhere. */
export function reportUnrouted(talk: Talk, pipeline: string, events: number): void {
  if (events === 0) return;
  const hint = 'an output with otherwise: true takes what no other takes';
  talk.warn('no output takes the routing key of events: they are lost', { pipeline, events, hint });
}

/** Logs that stages had to forget state. @param stages of the pipeline @param counts per stage */
export function reportForgotten(
  talk: Talk,
  pipeline: string,
  stages: readonly StagePlan[],
  counts: readonly StageCounts[] = [],
): void {
  for (const { stage, forgotten: values } of counts) {
    const plan = values > 0 ? stages.find(({ name }) => name === stage) : undefined;
    if (plan === undefined) continue;
    const raise = forgetsAt(plan);
    talk.warn('a stage had to forget values that it knew: raise its bound to keep more', {
      pipeline,
      stage,
      values,
      raise,
    });
  }
}

/** Logs a request to an AI provider, with the event that it was for, and in the terms of OpenTelemetry. */
export function reportAttempt(talk: Talk, entry: LedgerEntry, attributes: () => Attributes): void {
  const { event, pipeline, stage, provider, model, attempt, end } = entry;
  if (end === undefined) return;
  const { outcome, latencyMs: ms, requestId } = end;
  const isAnswered = outcome === 'answered';
  if (isAnswered && (!talk.isDebug() || !talk.admits('requests to AI providers'))) return;
  const known = { event, pipeline, stage, provider, model, attempt, outcome, ms, requestId, ...attributes() };
  if (isAnswered) talk.debug('a provider has answered', known);
  else talk.info('a request to a provider failed', known);
}

/** Microseconds are the finest resolution available. */
function inMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}
