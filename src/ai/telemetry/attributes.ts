import { dollars, inputTokens } from '../money/index.js';
import type { EndedAttempt } from './ended-attempt.js';

export type Attributes = Readonly<Record<string, string | number | readonly string[]>>;

/** Providers that are recognized only by their address, under OpenTelemetry's names. */
const BY_HOST: readonly (readonly [RegExp, string])[] = [
  [/\.openai\.azure\.com$/, 'azure.ai.openai'],
  [/(?:^|\.)deepseek\.com$/, 'deepseek'],
  [/(?:^|\.)groq\.com$/, 'groq'],
  [/(?:^|\.)mistral\.ai$/, 'mistral_ai'],
  [/(?:^|\.)perplexity\.ai$/, 'perplexity'],
  [/(?:^|\.)x\.ai$/, 'x_ai'],
];

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** The operation of a request, in OpenTelemetry's terms: `chat` or `embeddings`. */
export function operationOf({ request }: EndedAttempt): string {
  return request.embedding === undefined ? 'chat' : 'embeddings';
}

/**
 * The attributes of a request in OpenTelemetry's conventions for generative AI, and Colloquium's own under `colloquium.`. They
 * contain no text of prompt or answer, and no key.
 */
export function attributesOf(attempt: EndedAttempt): Attributes {
  const { entry, request, provider, finish, responseId } = attempt;
  const { end, tags = {} } = entry;
  const { hostname, port, protocol } = new URL(provider.baseUrl);
  const wellKnown = provider.telemetryName ?? BY_HOST.find(([host]) => host.test(hostname))?.[1];
  const isAnswered = end?.outcome === 'answered';
  const all: Readonly<Record<string, string | number | readonly string[] | null | undefined>> = {
    'gen_ai.operation.name': operationOf(attempt),
    'gen_ai.provider.name': wellKnown ?? provider.name,
    'gen_ai.request.model': entry.model,
    'gen_ai.request.max_tokens': request.embedding === undefined ? request.maxOutputTokens : undefined,
    'gen_ai.request.temperature': request.temperature,
    'gen_ai.response.model': end?.servedModel,
    'gen_ai.response.id': responseId,
    'gen_ai.response.finish_reasons': typeof finish === 'string' ? [finish] : undefined,
    'gen_ai.usage.input_tokens': end?.tokens && inputTokens(end.tokens),
    'gen_ai.usage.output_tokens': end?.tokens?.output,
    'server.address': hostname,
    'server.port': port === '' ? PORTS[protocol] : Number(port),
    'http.response.status_code': end?.status,
    'error.type': isAnswered ? undefined : end?.outcome,
    'colloquium.pipeline': entry.pipeline,
    'colloquium.stage': entry.stage,
    'colloquium.event.id': entry.event,
    'colloquium.provider': entry.provider,
    'colloquium.attempt': entry.attempt,
    'colloquium.request_id': end?.requestId,
    'colloquium.cost_usd':
      end === undefined || end.cost === null || end.billing === 'unknown' ? undefined : dollars(end.cost),
  };
  const given = Object.entries(all).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, value] as const],
  );
  const tagged = Object.entries(tags).map(([name, value]) => [`colloquium.tag.${name}`, value] as const);
  return Object.fromEntries([...given, ...tagged]);
}
