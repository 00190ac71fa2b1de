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

/** Packages that users who want traces install, next to the program or in the config's folder. */
const PACKAGES = [API, SDK, EXPORTER];

/** Set, they say where traces go. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

const NAME = 'colloquium';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TracingOptions {
  /** The process's own environment, of which OpenTelemetry's packages read further variables themselves. */
  readonly env: Environment;
  /** A folder whose programs are trusted: packages are looked up there, too. Default: only next to the program. */
  readonly folder: string | undefined;
  /** Called once with a problem, for a person; the work continues. */
  readonly warn: (message: string) => void;
}

/**
 * Sends a span for each attempt to the collector that the environment names. Returns undefined if it names none, or
 * OpenTelemetry's packages are not installed. Their queue is bounded: an unreachable collector costs spans and, at the end, the
 * exporter's wait.
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
    // It may be a version that doesn't run on this Node.
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

/** Ignores packages in the folders above, because nobody has said that their programs are trusted. */
function packagesOf(folder: string): Packages | undefined {
  const isThere = [SDK, EXPORTER].every((name) => existsSync(join(folder, 'node_modules', name)));
  return isThere ? packagesBeside(join(folder, 'package.json')) : undefined;
}

/** @returns undefined if the packages are not installed */
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
    // The environment's values come last, so that they take precedence.
    resource: of
      .defaultResource()
      .merge(of.resourceFromAttributes({ 'service.name': NAME }))
      .merge(of.detectResources({ detectors: [of.envDetector] })),
    spanProcessors: [new BatchSpanProcessor(told)],
  });
}
