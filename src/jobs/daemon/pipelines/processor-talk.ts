import type { PipelineSpec } from '../../../pipeline/index.js';
import type { ProcessorTalk } from '../../../pipeline/processor/index.js';
import type { PipelinesOptions } from './context.js';
import { reportEvents, reportFailures, reportForgotten, reportUnrouted } from './report-events.js';
import { JobError } from '../../job-error.js';
import { reasonOf } from '../../reason-of.js';

/** Writes what a pipeline's processor reports to the daemon's log and metrics. */
export function processorTalk(
  { name: pipeline, stages }: Pick<PipelineSpec, 'name' | 'stages'>,
  { talk, meter, world, onOutputClosed }: Pick<PipelinesOptions, 'talk' | 'meter' | 'world' | 'onOutputClosed'>,
): ProcessorTalk {
  return {
    failed: (error, retryMs) =>
      talk.error('processing failed, and goes on from its checkpoint', {
        pipeline,
        error: reasonOf(error),
        ...(error instanceof JobError && error.hint !== undefined && { hint: error.hint }),
        retryMs,
      }),
    paused: (message, retryMs) => talk.warn('processing waits', { pipeline, reason: message, retryMs }),
    stopped: () => talk.error('an event failed, and on_error: stop keeps the rest from being processed', { pipeline }),
    continued: (stages) => meter.continueWith(pipeline, stages),
    delivered({ storedAt, ...tally }) {
      meter.count(pipeline, { ...tally, ageMs: storedAt === undefined ? undefined : world.now() - storedAt });
      reportFailures(talk, pipeline, tally.failures);
      reportUnrouted(talk, pipeline, tally.counts.unrouted);
      reportForgotten(talk, pipeline, stages, tally.stages);
      reportEvents(talk, pipeline, tally.observations);
    },
    outputClosed: onOutputClosed,
  };
}
