import type * as z from 'zod';
import type { Kinds, ProviderInConfig } from '../kinds/index.js';
import { choice, duration, flag, integer, money, path, text } from './fields.js';
import { secret } from './secret.js';
import { alternatives, isMap, list, named, section } from './structures.js';

/** The kind of a provider by its name: the kind of the same name, or else the kind that has no address of its own. */
export function kindOf(name: string, kinds: Kinds<ProviderInConfig>): ProviderInConfig {
  const found = kinds.get(name) ?? kinds.all.find(({ baseUrl }) => baseUrl === undefined);
  if (found === undefined) throw new TypeError('there is no kind of AI provider for any address');
  return found;
}

const price = () => money('a price in US dollars per token, like 0.00003');

const costPerToken = () =>
  section({
    input: price().describe('US dollars per input token.'),
    output: price().describe('US dollars per output token.'),
    cache_read: price()
      .optional()
      .describe(
        'US dollars per input token read from the cache. Default: of kind anthropic a tenth of input, else as input.',
      ),
    cache_write: price()
      .optional()
      .describe(
        'US dollars per input token written to the cache. Default: of kind anthropic 1.25 times input (for an hour twice), else as input.',
      ),
  }).describe('Prices, in US dollars per token; they override the built-in price table.');

const rateLimit = () =>
  section({
    requests_per_minute: integer(1).optional().describe('Most requests per minute.'),
    tokens_per_minute: integer(1).optional().describe('Most tokens per minute, input and output together.'),
  }).describe('Limits that are kept on our side, for each key.');

const modelSettings = () => ({
  as: text('a model name').optional().describe('What the provider calls it. Default: as it is named here.'),
  cost_per_token: costPerToken().optional(),
  rate_limit: rateLimit().optional(),
  max_output_tokens: integer(1).optional().describe('Most output tokens that the model allows.'),
  context_window: integer(1).optional().describe('Most tokens that the model takes in and puts out together.'),
});
const model = () => section(modelSettings());

/** A model that a provider serves, with its own settings. */
export type ModelConfig = { readonly name: string } & z.output<ReturnType<typeof model>>;

const NO_MODEL = 'expected at least one model; without the key models, it serves any';

const models = () =>
  alternatives(
    'a list of models, or a map from model names to settings',
    [
      list(
        'models',
        alternatives(
          'a model name, or a map with a name',
          [
            text('a model name').transform((name): ModelConfig => ({ name })),
            section({ name: text('a model name').describe('What requests call it.'), ...modelSettings() }),
          ],
          (input) => (typeof input === 'string' ? 0 : isMap(input) ? 1 : undefined),
        ),
      )
        .min(1, { error: NO_MODEL })
        .check((context) => {
          const { value } = context;
          for (const [index, { name }] of value.entries()) {
            if (value.findIndex((other) => other.name === name) === index) continue;
            const message = `the model ${JSON.stringify(name)} stands here twice`;
            context.issues.push({ code: 'custom', input: value, path: [index], message });
          }
          refuseCircles(value, (index) => [index], context);
        }),
      named('settings by model name', model().nullable())
        .refine((byName) => Object.keys(byName).length > 0, { error: NO_MODEL })
        .transform((byName): readonly ModelConfig[] =>
          Object.entries(byName).map(([name, settings]) => ({ name, ...settings })),
        )
        .check((context) => {
          const { value } = context;
          refuseCircles(value, (index) => [value[index]?.name ?? '', 'as'], context);
        }),
    ],
    (input) => (Array.isArray(input) ? 0 : isMap(input) ? 1 : undefined),
  );

/** Names that stand for one another are mixed up: `as` is sent as it is. A circle is told of once, at its first model. */
function refuseCircles(
  all: readonly ModelConfig[],
  placeOf: (index: number) => readonly (string | number)[],
  { issues }: z.core.ParsePayload,
): void {
  const next = new Map(all.flatMap(({ name, as = name }) => (as === name ? [] : [[name, as] as const])));
  const told = new Set<string>();
  for (const [index, { name }] of all.entries()) {
    const way = [name];
    for (let at = next.get(name); at !== undefined && !way.includes(at); at = next.get(at)) way.push(at);
    const closes = next.get(way.at(-1) ?? '') === name;
    if (!closes || told.has(name)) continue;
    for (const one of way) told.add(one);
    const message = `the models stand for one another in a circle: ${[...way, name].join(' → ')}\nas is what the provider calls a model: it is sent as it is`;
    issues.push({ code: 'custom', input: all, path: [...placeOf(index)], message });
  }
}

export const aiProvider = (kinds: Kinds<ProviderInConfig>) =>
  section({
    kind: choice(kinds.names)
      .optional()
      .describe(
        `Which wire it speaks. Default: the provider's name if it is one of these, else ${kindOf('', kinds).kind}.`,
      ),
    api_key: secret('an API key').optional().describe('The API key: text (best "${NAME}"), { file } or { command }.'),
    api_keys: list('API keys', secret('an API key'))
      .min(1, { error: 'expected at least one key' })
      .optional()
      .describe(
        'Several API keys, in place of api_key. Each has limits and a circuit breaker of its own; a call goes to the key that is free first.',
      ),
    base_url: text(
      'a URL like https://api.openai.com/v1, without query or password (there are query and headers for them)',
      isBaseUrl,
    )
      .optional()
      .describe("Where requests go. Default: the vendor's address."),
    models: models()
      .optional()
      .describe('Models it serves: a list of names or { name, as, … }, or a map from names to settings. Default: any.'),
    cost_per_token: costPerToken().optional(),
    rate_limit: rateLimit().optional(),
    max_concurrency: integer(1, 10_000)
      .optional()
      .describe('Most calls in flight with each key. Default: follows from the limits.'),
    timeouts: section({
      connect: duration(1).prefault('10s').describe('To connect. A plain number is milliseconds.'),
      first_byte: duration(1)
        .optional()
        .describe(
          'Until a streamed answer starts; a model may think before. Default: as total. A plain number is milliseconds.',
        ),
      idle: duration(1)
        .prefault('60s')
        .describe('Between two pieces of a streamed answer that has begun. A plain number is milliseconds.'),
      total: duration(1).prefault('10m').describe('For the whole call. A plain number is milliseconds.'),
    })
      .prefault({})
      .describe('How long a call may take.'),
    stream: flag()
      .prefault(true)
      .describe('Let answers come as they are written, where the server can; false: only when they are whole.'),
    circuit_breaker: section({
      threshold: integer(1, 1000).prefault(5).describe('Failures in a row after which the provider counts as down.'),
      open_for: duration(1)
        .prefault('30s')
        .describe('How long it is left alone before one call probes it. A plain number is milliseconds.'),
    })
      .prefault({})
      .describe('When to stop calling a provider that fails.'),
    retry: section({
      max_attempts: integer(1, 20)
        .prefault(4)
        .describe('Most requests per call, the first one included. One that was told to wait is none.'),
      base_delay: duration(0)
        .prefault('500ms')
        .describe('Before the first retry, at most; it doubles with each. A plain number is milliseconds.'),
      max_delay: duration(0)
        .prefault('30s')
        .describe('Longest delay of our own choice. A plain number is milliseconds.'),
      max_retry_after: duration(0)
        .prefault('2m')
        .describe("Longest wait that the provider's retry-after may ask for. A plain number is milliseconds."),
    })
      .prefault({})
      .describe('How failed calls are tried again.'),
    proxy: text('the URL of an HTTP proxy, like http://proxy:3128', isProxy)
      .optional()
      .describe('The HTTP proxy to go through. Default: by HTTPS_PROXY, HTTP_PROXY and NO_PROXY.'),
    ca: path().optional().describe('PEM file with certificates to trust, besides the usual ones.'),
    headers: named('headers by name', text('text')).optional().describe('More headers to send.'),
    query: named('parameters by name', text('text'))
      .optional()
      .describe('More query parameters to send, such as api-version.'),
  });

/** Paths are appended to it. */
function isBaseUrl(value: string): boolean {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return false;
  const { search, hash, username, password } = new URL(value);
  return search + hash + username + password === '';
}

function isProxy(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value);
}
