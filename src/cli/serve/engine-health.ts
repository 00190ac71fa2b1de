import type { ProcessorState } from '../../pipeline/index.js';
import type { HealthComponent } from '../../server/index.js';

/** How the pipelines are, in one word, and the first that is not well. */
export function engineHealth(
  processors: readonly { readonly state: ProcessorState; readonly pipeline: string }[],
): HealthComponent {
  const name = 'stream_engine';
  for (const { state, pipeline } of processors) {
    if (state.kind === 'stopped') {
      const error = `pipeline ${pipeline} has stopped at a failed event (on_error: stop)`;
      return { name, status: 'degraded', error };
    }
    if (state.kind === 'waiting') {
      return { name, status: 'degraded', error: `pipeline ${pipeline} waits: ${state.message}` };
    }
  }
  return { name, status: 'healthy' };
}
