import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/cli.js';
import { perTest } from '../support/per-test.js';
import { aiStage, providerOf } from './ai-stage.js';

const on = perTest(aiStage);

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: Pick<Span, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

/** A collector of OTLP over HTTP, as JSON. */
async function startCollector() {
  const received: Traces[] = [];
  const paths = new Set<string>();
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      paths.add(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['content-type'] ?? ''}`);
      received.push(JSON.parse(Buffer.concat(chunks).toString()) as Traces);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    paths,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The one value of an attribute, whatever its type. */
function valuesOf({ attributes }: Pick<Span, 'attributes'>): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [only] = Object.values(value) as unknown[];
      const list = (only as { readonly values?: readonly object[] }).values;
      return [key, list === undefined ? only : list.map((one) => Object.values(one)[0] as unknown)];
    }),
  );
}

/** Where people who want traces install what sends them. */
function installPackages(): void {
  mkdirSync(join(on.cwd, 'node_modules'));
  symlinkSync(join(root, 'node_modules/@opentelemetry'), join(on.cwd, 'node_modules/@opentelemetry'));
}

async function prepared() {
  let attempts = 0;
  const fake = await on.fake({
    faults: (_n, { texts }) => {
      if (texts[0] !== 'Secret text') return undefined;
      attempts += 1;
      return attempts === 1 ? { kind: 'status', status: 503, message: 'busy' } : undefined;
    },
  });
  on.write(
    'colloquium.yaml',
    `
ai_providers: { openai: ${providerOf(fake)} }
state_dir: ./state
pipelines:
  default:
    stages:
      - ai: { model: gpt-4o-mini, max_tokens: 60, temperature: 0.5, prompt: '\${/q}', into: /a, tags: { team: search } }
      - embed: { model: text-embedding-3-small, input: /q, into: /v }
`,
  );
  on.write('in.ndjson', '{"q":"Secret text"}\n');
  return fake;
}

it('sends a span for each attempt to the collector that the environment names, in the words of the conventions', async () => {
  const fake = await prepared();
  const collector = await startCollector();
  installPackages();
  try {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_RESOURCE_ATTRIBUTES: 'deployment=test' };
    const { exit, stderr } = await on.run(['in.ndjson', '-o', 'out.ndjson'], { env });
    expect(exit, stderr).toBe(0);
    expect([...collector.paths]).toEqual(['POST /v1/traces application/json']);
    expect(JSON.stringify(collector.received).toLowerCase()).not.toContain('secret');
    expect(JSON.stringify(collector.received)).not.toContain(fake.apiKey);

    const all = collector.received.flatMap(({ resourceSpans }) => resourceSpans);
    expect(valuesOf(all[0]?.resource ?? { attributes: [] })).toMatchObject({
      'service.name': 'colloquium',
      deployment: 'test',
    });
    const spans = all.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    for (const { kind, startTimeUnixNano: start, endTimeUnixNano: end } of spans) {
      expect(kind).toBe(3);
      expect(BigInt(end)).toBeGreaterThanOrEqual(BigInt(start));
    }
    expect(spans.map(({ name, status: { code = 0 } }) => [name, code])).toEqual([
      ['chat gpt-4o-mini', 2],
      ['chat gpt-4o-mini', 0],
      ['embeddings text-embedding-3-small', 0],
    ]);
    const [failed, answered, embedded] = spans.map(valuesOf);
    const { port } = new URL(fake.url);
    const usage = fake.records.at(-2)?.usage;
    const common = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.request.max_tokens': 60,
      'gen_ai.request.temperature': 0.5,
      'server.address': '127.0.0.1',
      'server.port': Number(port),
      'colloquium.pipeline': 'default',
      'colloquium.stage': 'ai-1',
      'colloquium.event.id': '#0',
      'colloquium.tag.team': 'search',
    };
    expect(failed).toMatchObject({
      ...common,
      'colloquium.attempt': 1,
      'error.type': 'overloaded',
      'http.response.status_code': 503,
    });
    expect(answered).toMatchObject({
      ...common,
      'colloquium.attempt': 2,
      'gen_ai.response.model': expect.stringContaining('gpt-4o-mini') as string,
      'gen_ai.response.id': expect.stringMatching(/./) as string,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': usage?.input,
      'gen_ai.usage.output_tokens': usage?.output,
      'colloquium.cost_usd': Number(fake.records.at(-2)?.billed) / 1e9,
    });
    expect(answered).not.toHaveProperty('error.type');
    expect(embedded).toMatchObject({ 'gen_ai.operation.name': 'embeddings', 'colloquium.stage': 'embed-1' });
  } finally {
    await collector.close();
  }
});

it('goes on without traces, and says why once, where nothing can send them, or nobody takes them', async () => {
  await prepared();
  const gone = await startCollector();
  await gone.close();
  const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${gone.url}/v1/traces`, OTEL_EXPORTER_OTLP_TIMEOUT: '200' };
  const asked = ['in.ndjson', '-o', 'out.ndjson', '--live'];

  const missing = await on.run(asked, { env });
  expect(missing.exit, missing.stderr).toBe(0);
  expect(missing.stderr).toContain(
    'no traces are sent: OpenTelemetry is not installed. To have them: npm install @opentelemetry/api @opentelemetry/sdk-trace-base @opentelemetry/exporter-trace-otlp-http',
  );
  expect(on.read('out.ndjson')).toContain('SECRET TEXT');

  installPackages();
  const away = await on.run(asked, { env });
  expect(away.exit, away.stderr).toBe(0);
  expect(away.stderr.split(`traces could not be sent to ${gone.url}`)).toHaveLength(2);

  const off = await on.run(asked, { env: { ...env, OTEL_SDK_DISABLED: 'true' } });
  expect(off.exit, off.stderr).toBe(0);
  expect(off.stderr).not.toContain('traces');
});
