import {
  amountOf,
  unansweredIn,
  type AiStatus,
  type BatchRecord,
  type CallHooks,
  type LedgerEntry,
  type Spending,
} from '../../ai/index.js';
import { known, type KnownNames } from './known-names.js';
import type { MetricFactory } from './prom.js';

const ANSWER_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600];
const WAIT_BUCKETS = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const NANO = 1e9;

const BREAKER_STATES = ['closed', 'open', 'half_open', 'down'] as const;
const BREAKER_LABEL = { closed: 'closed', open: 'open', 'half-open': 'half_open', down: 'down' } as const;

export interface AiMeter {
  readonly hooks: Required<Omit<CallHooks, 'onAttempt'>> & { onAttempt(entry: LedgerEntry): void };
  show(status: AiStatus, spentToday: readonly Spending[]): void;
  /** @param open those that have not ended @param now milliseconds since the epoch */
  showBatches(open: readonly BatchRecord[], now: number): void;
}

/** Measures the calls of AI providers and what they cost. */
export function aiMeter({ counter, gauge, histogram }: MetricFactory, names: () => KnownNames): AiMeter {
  const attempts = counter(
    'ai_requests_total',
    'Requests to AI providers that have finished, in batches too, by outcome: answered, or the class of the error.',
    ['provider', 'model', 'outcome'],
  );
  const steps = counter('ai_cascade_requests_total', 'Of the HTTP requests, those of cascades, by their step from 1.', [
    'pipeline',
    'stage',
    'step',
  ]);
  const durations = histogram('ai_request_duration_seconds', 'Time from a request to its answer.', ANSWER_BUCKETS, [
    'provider',
  ]);
  const tokens = counter('ai_tokens_total', 'Tokens, as providers count them.', ['provider', 'model', 'direction']);
  const cached = counter(
    'ai_cached_tokens_total',
    "Of the input tokens, those read from a provider's cache, and those written to it.",
    ['provider', 'model', 'direction'],
  );
  const cost = counter(
    'ai_cost_usd_total',
    'US dollars: exact, estimated where an answer reports no usage, or the worst case of what may have been billed.',
    ['provider', 'model', 'billing'],
  );
  const batched = counter('ai_batch_cost_usd_total', 'Of the cost, that of requests in batches.', [
    'provider',
    'model',
    'billing',
  ]);
  const batches = gauge(
    'ai_batches',
    'Batches that have not ended, by state: gathering, sealed (to be sent), submitting, submitted or fetching.',
    ['pipeline', 'state'],
  );
  const batchRequests = gauge(
    'ai_batch_requests',
    'Requests in batches that have not ended, as the provider counts them: answered (or failed), or open.',
    ['pipeline', 'state'],
  );
  const batchAge = gauge('ai_batch_oldest_age_seconds', 'Age of the oldest batch that has not ended.', ['pipeline']);
  const batchReserved = gauge(
    'ai_batch_reserved_usd',
    'Worst case of what batches that have not ended have brought no answer to yet.',
    ['pipeline'],
  );
  const calls = counter('ai_calls_total', 'Calls of AI stages that have finished; cached: answered from the journal.', [
    'result',
  ]);
  const inFlight = gauge('ai_calls_in_flight', 'Calls of AI stages in progress.');
  const waits = histogram(
    'ai_limiter_wait_seconds',
    "Time that a request waited for its provider's limits.",
    WAIT_BUCKETS,
    ['provider'],
  );
  const waiting = gauge('ai_limiter_waiting_requests', "Requests waiting for their provider's limits.", ['provider']);
  const limits = gauge('ai_limit_per_minute', 'What a provider may be sent per minute.', ['provider', 'kind']);
  const used = gauge('ai_used_per_minute', 'What a provider was sent in the last minute.', ['provider', 'kind']);
  const breakers = gauge('ai_breaker_state', "Whether a provider's circuit breaker is in this state: 1 or 0.", [
    'provider',
    'state',
  ]);
  const latency = gauge('ai_recent_latency_seconds', 'Mean time of recent answers.', ['provider']);
  const budget = gauge('ai_budget_limit_usd', 'Daily budget of all pipelines (no label) or of one.', ['pipeline']);
  const spent = gauge('ai_budget_spent_usd', 'Spent today, including the worst case of unknown costs.', ['pipeline']);
  const reserved = gauge('ai_budget_reserved_usd', 'Worst case of the calls in progress.', ['pipeline']);
  const left = gauge('ai_budget_left_usd', "Left of today's budget.", ['pipeline']);
  const today = gauge('ai_spent_today_usd', 'Spent today, by provider and model, including unknown costs.', [
    'provider',
    'model',
  ]);

  return {
    hooks: {
      onAttempt({ provider: name, model: asked, pipeline, stage, lane, cascade, end }: LedgerEntry) {
        if (end === undefined) return;
        if (cascade !== undefined) {
          const stages = names().pipelines.get(pipeline) ?? new Set();
          steps.inc({
            pipeline: known(pipeline, names().pipelines),
            stage: known(stage, stages),
            step: String(cascade.step),
          });
        }
        const provider = known(name, names().providers);
        const model = known(asked, names().models);
        attempts.inc({ provider, model, outcome: end.outcome });
        // A batch is no measure of how long a provider takes to answer.
        if (end.latencyMs !== undefined && lane !== 'batch') durations.observe({ provider }, end.latencyMs / 1000);
        if (end.tokens !== undefined) {
          const { input, cacheRead, cacheWrite, cacheWriteHour, output } = end.tokens;
          tokens.inc({ provider, model, direction: 'input' }, input + cacheRead + cacheWrite + cacheWriteHour);
          tokens.inc({ provider, model, direction: 'output' }, output);
          cached.inc({ provider, model, direction: 'read' }, cacheRead);
          cached.inc({ provider, model, direction: 'write' }, cacheWrite + cacheWriteHour);
        }
        const amount = end.billing === 'unknown' ? end.bound : end.cost;
        if (amount === null) return;
        cost.inc({ provider, model, billing: end.billing }, Number(amount) / NANO);
        if (lane === 'batch') batched.inc({ provider, model, billing: end.billing }, Number(amount) / NANO);
      },
      onCall: (result) => calls.inc({ result }),
      onLimiterWait: (provider, ms) => waits.observe({ provider: known(provider, names().providers) }, ms / 1000),
    },
    show(status, spentToday) {
      inFlight.set(status.inFlight);
      for (const metric of [waiting, limits, used, breakers, latency, budget, spent, reserved, left, today])
        metric.reset();
      for (const one of status.providers) {
        const provider = one.name;
        const setLimit = (kind: string, limit: number | undefined): void => {
          if (limit !== undefined) limits.set({ provider, kind }, limit);
        };
        waiting.set({ provider }, one.waiting);
        setLimit('requests', one.limits.requestsPerMinute);
        setLimit('tokens', one.limits.tokensPerMinute);
        used.set({ provider, kind: 'requests' }, one.requestsPerMinute);
        used.set({ provider, kind: 'tokens' }, one.tokensPerMinute);
        const state = BREAKER_LABEL[one.breaker.kind];
        for (const label of BREAKER_STATES) breakers.set({ provider, state: label }, label === state ? 1 : 0);
        if (one.latencyMs !== undefined) latency.set({ provider }, one.latencyMs / 1000);
      }
      for (const account of status.budgets) {
        const labels = account.pipeline === undefined ? {} : { pipeline: account.pipeline };
        spent.set(labels, Number(account.spent) / NANO);
        reserved.set(labels, Number(account.setAside) / NANO);
        if (account.limit === undefined) continue;
        budget.set(labels, Number(account.limit) / NANO);
        left.set(labels, Math.max(0, Number(account.limit - account.spent - account.setAside)) / NANO);
      }
      for (const { provider, model, amount } of spentToday) {
        const labels = { provider: known(provider, names().providers), model: known(model, names().models) };
        today.inc(labels, Number(amount) / NANO);
      }
    },
    showBatches(open, now) {
      for (const metric of [batches, batchRequests, batchAge, batchReserved]) metric.reset();
      const oldest = new Map<string, number>();
      for (const record of open) {
        const { pipeline: name, state, rows, done, createdAt } = record;
        const pipeline = known(name, names().pipelines);
        batches.inc({ pipeline, state });
        batchRequests.inc({ pipeline, state: 'answered' }, done);
        batchRequests.inc({ pipeline, state: 'open' }, rows - done);
        batchReserved.inc({ pipeline }, Number(amountOf(unansweredIn(record).worst) ?? 0n) / NANO);
        oldest.set(pipeline, Math.max(oldest.get(pipeline) ?? 0, (now - createdAt) / 1000));
      }
      for (const [pipeline, seconds] of oldest) batchAge.set({ pipeline }, seconds);
    },
  };
}
