import type { FastifyInstance } from 'fastify';
import type { MetricFactory } from './prom.js';

const REQUEST_BUCKETS = [5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

export interface HttpMeter {
  /** Counts every request of a server. */
  watch(app: FastifyInstance): void;
  show(): Promise<void>;
}

/** Measures what comes in over HTTP. */
export function httpMeter({ counter, gauge, histogram }: MetricFactory): HttpMeter {
  const requests = counter('http_requests_total', 'Requests answered, by route, method and status.', [
    'route',
    'method',
    'code',
  ]);
  const durations = histogram('http_request_duration_seconds', 'Time from request to answer.', REQUEST_BUCKETS, [
    'route',
  ]);
  const connections = gauge('http_connections', 'Open connections.');
  /** The library looks up labels on each call: too slow for what happens thousands of times a second. */
  const counters = new Map<string, { inc(): void }>();
  const clocks = new Map<string, { observe(seconds: number): void }>();
  let open = (): Promise<number> => Promise.resolve(0);

  return {
    watch(app) {
      app.addHook('onResponse', (request, reply, done) => {
        const { url: route = 'other' } = request.routeOptions;
        const method = METHODS.has(request.method) ? request.method : 'other';
        const code = String(reply.statusCode);
        const key = `${route} ${method} ${code}`;
        let count = counters.get(key);
        if (count === undefined) counters.set(key, (count = requests.labels({ route, method, code })));
        let clock = clocks.get(route);
        if (clock === undefined) clocks.set(route, (clock = durations.labels({ route })));
        count.inc();
        clock.observe(reply.elapsedTime / 1000);
        done();
      });
      open = () =>
        new Promise((resolve) => app.server.getConnections((error, count) => resolve(error === null ? count : 0)));
    },
    async show() {
      connections.set(await open());
    },
  };
}
