import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as api from '@opentelemetry/api';
import type * as resources from '@opentelemetry/resources';
import type * as exporters from '@opentelemetry/exporter-trace-otlp-http';
import type * as sdk from '@opentelemetry/sdk-trace-base';
import { attributesOf, operationOf } from './attributes.js';
import type { AttemptObserver, EndedAttempt } from './ended-attempt.js';

const API = '@opentelemetry/api';
const SDK = '@opentelemetry/sdk-trace-base';
const EXPORTER = '@opentelemetry/exporter-trace-otlp-http';

/** What people install who want traces, beside the program or in the folder of the config. */
const PACKAGES = [API, SDK, EXPORTER];

/** Set, they say where traces go. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

const NAME = 'colloquium';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TracingOptions {
  /** The process's own: OpenTelemetry's packages read further variables of it by themselves. */
  readonly env: Environment;
  /** A folder whose programs are trusted: its packages are looked for there, too. Default: only beside the program. */
  readonly folder: string | undefined;
  /** For a person. Is told once of what is wrong; the work goes on. */
  readonly warn: (message: string) => void;
}

/**
 * Sends a span for each attempt to the collector that the environment names; undefined: it names none, or OpenTelemetry's packages
 * are not installed. Their queue is bounded, and a collector that is away costs spans, and at the end as long as the exporter waits.
 */
export function openTracing({ env, folder, warn }: TracingOptions): AttemptObserver | undefined {
  const endpoint = ENDPOINTS.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  if (endpoint === undefined || env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  let isTold = false;
  const unsent = (error: unknown): void => {
    if (!isTold)
      warn(`traces could not be sent to ${withoutUser(endpoint)}: ${reasonOf(error)}; the work goes on without`);
    isTold = true;
  };
  let packages: Packages | undefined;
  let provider: sdk.BasicTracerProvider;
  try {
    packages = packagesBeside(import.meta.url) ?? (folder === undefined ? undefined : packagesOf(folder));
    if (packages === undefined) {
      warn(`no traces are sent: OpenTelemetry is not installed. To have them: npm install ${PACKAGES.join(' ')}`);
      return undefined;
    }
    provider = providerOf(packages, unsent);
  } catch (error) {
    // It may be one that does not run on this Node.
    warn(`no traces are sent: OpenTelemetry can't be loaded: ${reasonOf(error)}`);
    return undefined;
  }
  const { SpanKind, SpanStatusCode } = packages.api;
  const tracer = provider.getTracer(NAME);
  return {
    ended(attempt) {
      const { entry, sentAt } = attempt;
      const span = tracer.startSpan(nameOf(attempt), {
        kind: SpanKind.CLIENT,
        startTime: sentAt,
        attributes: attributesOf(attempt) as api.Attributes,
      });
      const { outcome = '', latencyMs = 0 } = entry.end ?? {};
      if (outcome !== 'answered') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
      span.end(sentAt + latencyMs);
    },
    async close() {
      try {
        await provider.shutdown();
      } catch (error) {
        unsent(error);
      }
    },
  };
}

function nameOf(attempt: EndedAttempt): string {
  return `${operationOf(attempt)} ${attempt.entry.model}`;
}

interface Packages {
  readonly api: typeof api;
  readonly sdk: typeof sdk;
  readonly exporters: typeof exporters;
  readonly resources: typeof resources;
}

/** Not what stands in the folders above: nobody has said that their programs are trusted. */
function packagesOf(folder: string): Packages | undefined {
  const isThere = [SDK, EXPORTER].every((name) => existsSync(join(folder, 'node_modules', name)));
  return isThere ? packagesBeside(join(folder, 'package.json')) : undefined;
}

/** Undefined where they are not installed. */
function packagesBeside(file: string): Packages | undefined {
  const from = createRequire(file);
  try {
    const ofSdk = createRequire(from.resolve(SDK));
    return {
      api: ofSdk(API) as typeof api,
      sdk: from(SDK) as typeof sdk,
      exporters: from(EXPORTER) as typeof exporters,
      resources: ofSdk('@opentelemetry/resources') as typeof resources,
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withoutUser(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

function providerOf(
  { sdk: { BasicTracerProvider, BatchSpanProcessor }, exporters: { OTLPTraceExporter }, resources: of }: Packages,
  unsent: (error: unknown) => void,
): sdk.BasicTracerProvider {
  const exporter = new OTLPTraceExporter();
  const told: sdk.SpanExporter = {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) unsent(result.error);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
  return new BasicTracerProvider({
    // What the environment says of it comes last.
    resource: of
      .defaultResource()
      .merge(of.resourceFromAttributes({ 'service.name': NAME }))
      .merge(of.detectResources({ detectors: [of.envDetector] })),
    spanProcessors: [new BatchSpanProcessor(told)],
  });
}
