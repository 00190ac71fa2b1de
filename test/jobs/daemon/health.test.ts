import { describe, expect, it } from 'vitest';
import type { ProviderStatus } from '../../../src/ai/index.js';
import { healthBy, readinessBy, type Vitals } from '../../../src/jobs/daemon/health.js';

const NOW = 1_000_000;

const WELL: Vitals = {
  engine: { name: 'stream_engine', status: 'healthy' },
  nats: [],
  log: { memoryRecords: 7, clockAheadMs: 0 },
  away: { log: undefined, state: undefined },
  damaged: undefined,
  writeError: undefined,
  space: { bytes: 1e12, freeBytes: 5e11 },
  freeBytesMin: 1e8,
  providers: [],
  isDraining: false,
  redriving: undefined,
};

const provider = (name: string, breaker: ProviderStatus['breaker']): ProviderStatus => ({
  name,
  breaker,
  waiting: 0,
  requestsPerMinute: 0,
  tokensPerMinute: 0,
  limits: {},
  latencyMs: undefined,
});

const UP = provider('openai', { kind: 'closed', failures: 0 });
const OPEN = provider('anthropic', { kind: 'open', openedAt: NOW, until: NOW + 500, failures: 5 });
const DOWN = provider('google', { kind: 'down', since: 0, until: Infinity, reason: 'out_of_credit' });

describe('the health of a daemon', () => {
  it('names its parts, and each provider', () => {
    expect(healthBy({ ...WELL, providers: [UP] }, NOW)).toEqual({
      status: 'healthy',
      timestamp: NOW,
      components: [
        { name: 'stream_engine', status: 'healthy' },
        { name: 'storage', status: 'healthy', memory_events: 7 },
        { name: 'openai', status: 'healthy' },
      ],
    });
  });

  it.each<[string, Partial<Vitals>, object]>([
    [
      'its disk fails',
      { writeError: 'ENOSPC' },
      { name: 'storage', status: 'unhealthy', error: 'events cannot be stored', memory_events: 7 },
    ],
    [
      'its disk is nearly full',
      { space: { bytes: 1e9, freeBytes: 9e7 } },
      {
        name: 'storage',
        status: 'degraded',
        error: 'the disk of the log is nearly full: 90 MB left (storage.min_free)',
        memory_events: 7,
      },
    ],
    [
      'its log is damaged',
      { damaged: { places: 1, first: 'data/1.ndjson: byte 5: another crc' } },
      {
        name: 'storage',
        status: 'degraded',
        error: 'the log is damaged in one place: data/1.ndjson: byte 5: another crc',
        memory_events: 7,
      },
    ],
    [
      'its log is damaged and its disk nearly full',
      { damaged: { places: 3, first: 'FIRST' }, space: { bytes: 1e9, freeBytes: 9e7 } },
      {
        name: 'storage',
        status: 'degraded',
        error:
          'the log is damaged in 3 places, the first of them: FIRST; the disk of the log is nearly full: 90 MB left (storage.min_free)',
        memory_events: 7,
      },
    ],
    [
      'a provider fails',
      { providers: [OPEN] },
      { name: 'anthropic', status: 'unhealthy', error: '5 failures in a row, asked again in 500 ms' },
    ],
    [
      'a provider is down until somebody pays',
      { providers: [DOWN] },
      { name: 'google', status: 'unhealthy', error: 'out_of_credit' },
    ],
  ])('is degraded when %s', (_, changes, component) => {
    const health = healthBy({ ...WELL, ...changes }, NOW);
    expect(health.status).toBe('degraded');
    expect(health.components).toContainEqual(component);
  });
});

describe('a daemon is ready', () => {
  it.each<[string, Partial<Vitals>]>([
    ['when all is well', {}],
    ['when one of its providers is up', { providers: [DOWN, UP] }],
    [
      'when a provider may be tried again',
      { providers: [{ ...OPEN, breaker: { ...OPEN.breaker, until: NOW } } as ProviderStatus] },
    ],
    ['when a pipeline waits: its events are stored', { engine: { name: 'stream_engine', status: 'degraded' } }],
    ['when nobody can tell how full the disk is', { space: undefined }],
  ])('%s', (_, changes) => {
    expect(readinessBy({ ...WELL, ...changes }, NOW)).toEqual({ status: 'ready', reasons: [] });
  });

  it.each<[string, Partial<Vitals>, string]>([
    ['while it drains', { isDraining: true }, 'draining'],
    ['when it cannot store events', { writeError: 'EIO' }, 'events cannot be stored'],
    ['when its disk is nearly full', { space: { bytes: 1, freeBytes: 1 } }, 'nearly full'],
    ['when none of its providers is up', { providers: [DOWN, OPEN] }, 'no AI provider is up'],
  ])('but not %s', (_, changes, reason) => {
    const { status, reasons } = readinessBy({ ...WELL, ...changes }, NOW);
    expect(status).toBe('not ready');
    expect(reasons).toEqual([expect.stringContaining(reason)]);
  });
});
