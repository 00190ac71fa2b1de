import fc from 'fast-check';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createAlarm, postAlert, signalReader, type AlertMessage } from '../../../src/server/alerts/index.js';
import type { MetricSample } from '../../../src/server/metrics/index.js';

const sample = (name: string, value: number, labels: Record<string, string> = {}): MetricSample => ({
  name: `colloquium_${name}`,
  labels,
  value,
});

const events = (output: number, failed: number): MetricSample[] => [
  sample('events_processed_total', output, { pipeline: 'a', outcome: 'output' }),
  sample('events_processed_total', failed, { pipeline: 'a', outcome: 'dead_lettered' }),
];

describe('an alarm', () => {
  const rule = { above: 10, forMs: 100, clearAt: 5 };
  const looks = (values: readonly (readonly [at: number, value: number])[]): unknown[] => {
    const alarm = createAlarm(rule);
    return values.map(([at, value]) => alarm.update(value, at));
  };

  it('fires when its value has been above long enough, and not for a moment', () => {
    expect(
      looks([
        [0, 11],
        [50, 9],
        [60, 11],
        [159, 11],
        [160, 11],
      ]),
    ).toEqual([undefined, undefined, undefined, undefined, 'fires']);
  });

  it('clears only well below, so that it does not flicker', () => {
    expect(
      looks([
        [0, 11],
        [100, 11],
        [110, 9],
        [120, 12],
        [130, 5],
      ]),
    ).toEqual([undefined, 'fires', undefined, undefined, 'clears']);
  });

  it('fires and clears in turn, whatever its value does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 }), (values) => {
        const alarm = createAlarm(rule);
        const changes = values.map((value, n) => alarm.update(value, n * 60)).filter((change) => change !== undefined);
        expect(changes).toEqual(changes.map((_, n) => (n % 2 === 0 ? 'fires' : 'clears')));
      }),
    );
  });
});

describe('the signals', () => {
  it('are read from the metrics', () => {
    const signals = signalReader()(
      [
        sample('ai_budget_limit_usd', 10),
        sample('ai_budget_spent_usd', 4),
        sample('ai_budget_reserved_usd', 1),
        sample('ai_budget_limit_usd', 2, { pipeline: 'a' }),
        sample('ai_budget_spent_usd', 1.5, { pipeline: 'a' }),
        sample('ai_breaker_state', 1, { provider: 'x', state: 'open' }),
        sample('ai_breaker_state', 1, { provider: 'y', state: 'closed' }),
        sample('pipeline_lag_seconds', 3, { pipeline: 'a' }),
        sample('pipeline_lag_seconds', 7, { pipeline: 'b' }),
        sample('pipeline_backlog_events', 40, { pipeline: 'a' }),
        sample('pipeline_backlog_events', 30, { pipeline: 'b' }),
        sample('log_disk_size_bytes', 100),
        sample('log_disk_free_bytes', 25),
      ],
      0,
    );
    expect(signals).toEqual({
      budget_share: 0.75,
      error_rate: 0,
      breakers_open: 1,
      backlog_seconds: 7,
      backlog_events: 40,
      disk_share: 0.75,
    });
  });

  it('know the error rate of the last minute, not of all time', () => {
    const read = signalReader();
    const rate = (at: number, output: number, failed: number): number => read(events(output, failed), at).error_rate;
    expect(rate(0, 9, 1)).toBe(0.1);
    expect(rate(0, 990, 0)).toBe(0);
    expect(rate(30_000, 990, 10)).toBe(0.01);
    expect(rate(60_000, 1020, 10)).toBe(0.25);
    expect(rate(120_000, 1050, 10)).toBe(0);
  });
});

describe('a webhook', () => {
  const message: AlertMessage = {
    alert: 'broken',
    status: 'firing',
    signal: 'breakers_open',
    value: 1,
    above: 0,
    time: '2026-01-02T03:04:05.678Z',
    text: 'it is',
  };

  async function hook(answers: readonly number[]): Promise<{ url: string; got: unknown[]; close: () => void }> {
    const got: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(answers[got.length] ?? 200).end('x');
        got.push(JSON.parse(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/secret`, got, close: () => void server.close() };
  }

  it('gets the alert, again when it did not take it', async () => {
    const { url, got, close } = await hook([500, 200]);
    await postAlert(url, message, () => Promise.resolve());
    close();
    expect(got).toEqual([message, message]);
  });

  it('that does not accept it is reported without its URL', async () => {
    const { url, close } = await hook([404, 404, 404]);
    await expect(postAlert(url, message, () => Promise.resolve())).rejects.toThrow(/^it answers with status 404$/);
    close();
    await expect(postAlert(url, message, () => Promise.resolve(), 1)).rejects.toThrow(/^it can't be reached/);
  });
});
