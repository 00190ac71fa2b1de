import { describe, expect, it } from 'vitest';
import { engineHealth } from '../../../../src/jobs/daemon/pipelines/engine-health.js';

const running = (pipeline: string, more: object = {}) => ({ pipeline, state: { kind: 'running' as const }, ...more });

describe('the health of the pipelines', () => {
  it('is good while no event is in work for long', () => {
    expect(engineHealth([running('a'), running('b')], () => undefined)).toEqual({
      name: 'stream_engine',
      status: 'healthy',
    });
  });

  it('names the pipeline that an event holds up, and how far it is behind', () => {
    const late = (pipeline: string): number | undefined => (pipeline === 'b' ? 1250 : undefined);
    expect(engineHealth([running('a', { lagMs: 0 }), running('b', { lagMs: 4321 })], late)).toEqual({
      name: 'stream_engine',
      status: 'degraded',
      error: 'pipeline b: an event is in work for 1.3 s (processing.event_timeout), and the pipeline is 4.3 s behind',
      lag_ms: 4321,
    });
  });

  it('says nothing of a lag that is not known', () => {
    const { error } = engineHealth([running('a')], () => 2000);
    expect(error).toBe('pipeline a: an event is in work for 2.0 s (processing.event_timeout)');
  });
});
