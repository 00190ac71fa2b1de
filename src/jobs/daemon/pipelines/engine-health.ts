import type { ProcessorState } from '../../../pipeline/processor/index.js';
import type { HealthComponent } from '../../../server/index.js';

/** The health of the pipelines in one word, and the first one that is not well. */
export function engineHealth(
  processors: readonly { readonly state: ProcessorState; readonly pipeline: string; readonly lagMs?: number }[],
  lateMs: (pipeline: string) => number | undefined,
): HealthComponent {
  const name = 'stream_engine';
  for (const { state, pipeline, lagMs } of processors) {
    if (state.kind === 'stopped') {
      const error = `pipeline ${pipeline} has stopped at a failed event (on_error: stop)`;
      return { name, status: 'degraded', error };
    }
    if (state.kind === 'waiting') {
      return { name, status: 'degraded', error: `pipeline ${pipeline} waits: ${state.message}` };
    }
    const late = lateMs(pipeline);
    if (late !== undefined) {
      const lag = lagMs === undefined ? '' : `, and the pipeline is ${inSeconds(lagMs)} behind`;
      const error = `pipeline ${pipeline}: an event is in work for ${inSeconds(late)} (processing.event_timeout)${lag}`;
      return { name, status: 'degraded', error, ...(lagMs !== undefined && { lag_ms: lagMs }) };
    }
  }
  return { name, status: 'healthy' };
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
