import type { EndOfWorker, Observation } from '../../pipeline/index.js';
import type { ProcessorState } from '../../pipeline/processor/index.js';
import { knownPlace, type KnownNames } from './known-names.js';
import type { MetricFactory } from './prom.js';
import { PERCENTILES, type Percentile, type RecentDurations } from './recent-durations.js';

/** Seconds: scripts take microseconds, AI providers minutes. */
const STAGE_BUCKETS = [1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];
const DELIVERY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];

const STATES = ['running', 'waiting', 'stopped', 'closed'] as const satisfies readonly ProcessorState['kind'][];

const OUTCOMES = ['output', 'filtered', 'unrouted', 'skipped', 'dead_lettered'] as const;

/** What can happen to the events of a stage that looks across events, apart from being kept. */
const WAYS = ['in', 'made', 'out', 'filtered', 'merged', 'forgotten'] as const;

const WORKER_ENDS = ['timeout', 'memory', 'error'] as const satisfies readonly EndOfWorker[];

/** The outcomes of a block of events. */
export interface EventsTally {
  readonly counts: {
    readonly input: number;
    readonly output: number;
    readonly filtered: number;
    readonly skipped: number;
    readonly unrouted: number;
    readonly deadLettered: number;
  };
  /** For stages that look across events: what happened to their events. */
  readonly stages?: readonly ({ readonly stage: string; readonly open: number } & Readonly<
    Record<(typeof WAYS)[number], number>
  >)[];
  readonly failures: readonly {
    readonly kind: string;
    readonly stage: string | undefined;
    readonly count: number;
  }[];
  /** The way of some events through the stages. */
  readonly observations: readonly Pick<Observation, 'steps'>[];
  /** Milliseconds since the last event of the block was stored. */
  readonly ageMs: number | undefined;
}

/** The current state of a pipeline. */
export interface PipelineStanding {
  readonly pipeline: string;
  readonly state: ProcessorState['kind'];
  readonly lagMs: number;
  /** Waiting events; undefined when unknown. */
  readonly backlog: number | undefined;
}

export interface PipelineMeter {
  /** Starts the counters of these pipelines at 0, so that the first event shows up as a change. */
  begin(pipelines: Iterable<string>): void;
  /** A pipeline starts or restarts, with what its stages know. @param stages how many events each stage keeps */
  continueWith(pipeline: string, stages: readonly { readonly stage: string; readonly open: number }[]): void;
  count(pipeline: string, tally: EventsTally): void;
  /** Dead letters were retried: their outcomes are counted like all others. */
  countRetried(pipeline: string, events: number): void;
  /** A worker thread ended while it was working: it was terminated, used too much memory, or died otherwise. */
  workerEnded(pipeline: string, reason: (typeof WORKER_ENDS)[number]): void;
  show(standings: readonly PipelineStanding[]): void;
  /** Shows how long the events of the last minute took. */
  showDelays(): void;
  /** @param progress undefined if no retry is running */
  showRetry(progress: { readonly bytes: number; readonly bytesDone: number } | undefined): void;
}

/** Measures what the pipelines do. */
export function pipelineMeter(
  { counter, gauge, histogram }: MetricFactory,
  names: () => KnownNames,
  recentDelays: RecentDurations,
): PipelineMeter {
  const read = counter(
    'events_read_total',
    'Events that a pipeline has read; dead letters that are retried count, too.',
    ['pipeline'],
  );
  const events = counter('events_processed_total', 'Events that were finished, by outcome.', ['pipeline', 'outcome']);
  const drivenAgain = counter(
    'events_driven_again_total',
    'Dead letters that were sent through their pipeline again; events_processed_total includes them.',
    ['pipeline'],
  );
  const workersEnded = counter(
    'workers_ended_total',
    'Worker threads that ended during an event, by reason: it took too long or too much memory, or the worker crashed.',
    ['pipeline', 'reason'],
  );
  const failures = counter(
    'event_failures_total',
    'Events that failed, by stage and kind of error, whatever on_error did with them.',
    ['pipeline', 'stage', 'kind'],
  );
  const ofStages = counter(
    'stage_events_total',
    'Events of stages that look across events: in + made + stage_open_before_events = out + filtered + merged + failed + stage_open_events. failed: they were kept, and the batch that they became has failed. forgotten: what was known of events before and given up.',
    ['pipeline', 'stage', 'way'],
  );
  const open = gauge(
    'stage_open_events',
    'Events that a stage keeps now, in batches and windows that are not closed.',
    ['pipeline', 'stage'],
  );
  const openBefore = gauge('stage_open_before_events', 'Events that a stage kept when the daemon began to count.', [
    'pipeline',
    'stage',
  ]);
  const stages = histogram(
    'stage_duration_seconds',
    'Time that a stage took for an event: of every event in pipelines with AI stages, else of at least one in each block.',
    STAGE_BUCKETS,
    ['pipeline', 'stage'],
  );
  const whole = histogram(
    'event_duration_seconds',
    'Time that all stages took for an event; of the same events as stage durations.',
    STAGE_BUCKETS,
    ['pipeline'],
  );
  const delivery = histogram(
    'event_delivery_seconds',
    'Time from storing an event until it is delivered: of the newest event in each block.',
    DELIVERY_BUCKETS,
    ['pipeline'],
  );
  const recent = gauge(
    'event_delivery_recent_seconds',
    'The percentiles p50, p95 and p99 of event_delivery_seconds in the last minute, right within 2 %: of all pipelines (no label) or of one.',
    ['pipeline', 'percentile'],
  );
  const states = gauge('pipeline_state', 'Whether a pipeline is in this state: 1 or 0.', ['pipeline', 'state']);
  const lag = gauge(
    'pipeline_lag_seconds',
    'How long stored events have been waiting for the pipeline, approximately.',
    ['pipeline'],
  );
  const backlog = gauge(
    'pipeline_backlog_events',
    'Stored events that the pipeline has not read yet, including those of other pipelines.',
    ['pipeline'],
  );
  const retryLeft = gauge(
    'redrive_left_bytes',
    'Bytes of dead-letter files left to read: 0 while no dead letters are retried.',
    [],
  );

  /** The number of events that the stages of each pipeline keep, as the gauge shows it. */
  const kept = new Map<string, Map<string, number>>();
  const keep = (pipeline: string, stage: string, change: number): void => {
    const stages = kept.get(pipeline) ?? new Map<string, number>();
    kept.set(pipeline, stages);
    const count = (stages.get(stage) ?? 0) + change;
    stages.set(stage, count);
    open.set({ pipeline, stage }, count);
  };

  return {
    begin(pipelines) {
      recentDelays.keep((pipeline) => names().pipelines.has(pipeline));
      for (const pipeline of kept.keys()) if (!names().pipelines.has(pipeline)) kept.delete(pipeline);
      for (const pipeline of pipelines) {
        read.inc({ pipeline }, 0);
        for (const outcome of OUTCOMES) events.inc({ pipeline, outcome }, 0);
        drivenAgain.inc({ pipeline }, 0);
        for (const reason of WORKER_ENDS) workersEnded.inc({ pipeline, reason }, 0);
      }
    },
    continueWith(pipeline, across) {
      const known = names().pipelines.get(pipeline);
      const now = new Map(across.map(({ stage, open: kept }) => [knownPlace(stage, known), kept]));
      // After a failure, the pipeline repeats everything since its checkpoint. A stage that no longer exists keeps nothing.
      for (const stage of new Set([...now.keys(), ...(kept.get(pipeline)?.keys() ?? [])])) {
        const change = (now.get(stage) ?? 0) - (kept.get(pipeline)?.get(stage) ?? 0);
        openBefore.inc({ pipeline, stage }, change);
        keep(pipeline, stage, change);
      }
    },
    countRetried: (pipeline, count) => drivenAgain.inc({ pipeline }, count),
    workerEnded: (pipeline, reason) => workersEnded.inc({ pipeline, reason }),
    count(pipeline, { counts, stages: across = [], failures: failed, observations, ageMs }) {
      const add = (outcome: (typeof OUTCOMES)[number], count: number): void => {
        if (count > 0) events.inc({ pipeline, outcome }, count);
      };
      if (counts.input > 0) read.inc({ pipeline }, counts.input);
      add('output', counts.output);
      add('filtered', counts.filtered);
      add('unrouted', counts.unrouted);
      add('skipped', counts.skipped);
      add('dead_lettered', counts.deadLettered);
      const known = names().pipelines.get(pipeline);
      for (const { stage: name, open: change, ...ways } of across) {
        const stage = knownPlace(name, known);
        const labels = { pipeline, stage };
        for (const way of WAYS) if (ways[way] > 0) ofStages.inc({ ...labels, way }, ways[way]);
        // A counter never decreases, so events that are subtracted from `in` are counted as `failed`.
        if (ways.in < 0) ofStages.inc({ ...labels, way: 'failed' }, -ways.in);
        if (change !== 0) keep(pipeline, stage, change);
      }
      for (const { kind, stage, count } of failed) {
        failures.inc({ pipeline, stage: knownPlace(stage, known), kind }, count);
      }
      for (const { steps } of observations) {
        let total = 0;
        for (const { stage, seconds } of steps) {
          stages.observe({ pipeline, stage: knownPlace(stage, known) }, seconds);
          total += seconds;
        }
        whole.observe({ pipeline }, total);
      }
      if (ageMs !== undefined) {
        const seconds = Math.max(0, ageMs) / 1000;
        delivery.observe({ pipeline }, seconds);
        recentDelays.observe(pipeline, seconds);
      }
    },
    showDelays() {
      recent.reset();
      for (const pipeline of [undefined, ...names().pipelines.keys()]) {
        const found = recentDelays.percentiles(pipeline);
        if (found === undefined) continue;
        for (const percentile of Object.keys(PERCENTILES) as Percentile[])
          recent.set({ ...(pipeline !== undefined && { pipeline }), percentile }, found[percentile]);
      }
    },
    show(standings) {
      states.reset();
      lag.reset();
      backlog.reset();
      for (const { pipeline, state, lagMs, backlog: waiting } of standings) {
        for (const one of STATES) states.set({ pipeline, state: one }, one === state ? 1 : 0);
        lag.set({ pipeline }, lagMs / 1000);
        if (waiting !== undefined) backlog.set({ pipeline }, waiting);
      }
    },
    showRetry: (progress) => retryLeft.set({}, progress === undefined ? 0 : progress.bytes - progress.bytesDone),
  };
}
