import type { Json } from 'computo-js';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What editors show as an example of a key, by its name, or where a name has several meanings by the name of the key above it and
 * its own. Keys that have a default, a choice of words, true or false, or parts with examples need none here.
 */
const EXAMPLES: Readonly<Record<string, Json>> = {
  $schema: './colloquium.schema.json',
  above: 0.8,
  accept: '/sure == true',
  address_requests_per_minute: 600,
  ahead: '1h',
  alerts: { rules: { money: { signal: 'budget_share', above: 0.8 } } },
  api_key: '${OPENAI_API_KEY}',
  api_keys: ['${KEY_1}', '${KEY_2}'],
  as: 'llama3.2:3b',
  at_most: 0.01,
  attempts: 3,
  base_url: 'http://localhost:11434/v1',
  budget: 5,
  burst: 10,
  by: '/user/id',
  'aggregate.by': { level: '/level' },
  ca: './certificates/ca.pem',
  cache_read: 0.0000003,
  cache_write: 0.00000375,
  calls: 2,
  cascade: [{ model: 'gpt-4o-mini', accept: '/sure == true' }, { model: 'gpt-4o' }],
  cassette: 'labels',
  cert: './certificates/server.pem',
  clear_below: 0.5,
  columns: ['id', 'name'],
  command: 'pass show colloquium/openai',
  computo: '{/id, who: /user/name}',
  '.computo': { portable: true },
  context_window: 128_000,
  credentials: './colloquium.creds',
  daily_budget: 10,
  deadline: '12h',
  dead_letter: './out/dead.ndjson',
  dead_letters: [{ error: { kind: 'invalid_argument' } }],
  dedupe: '/id',
  'ai.dedupe': true,
  'embed.dedupe': true,
  'on_error.default': { label: 'unknown' },
  depth: 200,
  dimensions: 512,
  distinct: '/user/id',
  error: 429,
  every: 10,
  'aggregate.every': '1m',
  expect: '/total > 0',
  explode: '/items',
  extra: { reasoning_effort: 'low' },
  file: './out/events.ndjson',
  'tables.file': './countries.csv',
  'api_key.file': '/run/secrets/api_key',
  'api_keys.file': '/run/secrets/api_key',
  'key.file': '/run/secrets/storage_key',
  'old_keys.file': '/run/secrets/old_storage_key',
  'nkey.file': '/run/secrets/nkey',
  'password.file': '/run/secrets/password',
  'secrets.file': '/run/secrets/signing_key',
  'token.file': '/run/secrets/token',
  'tokens.file': '/run/secrets/token',
  'webhook.file': '/run/secrets/webhook',
  filter: '/level != "debug"',
  first: '/name',
  first_byte: '20s',
  folder: './in',
  greatest_first: '/sum',
  headers: { 'x-team': 'search' },
  idempotency_pointer: '/id',
  index: '/nr',
  input: '/text',
  'tests.input': [{ text: 'a row' }],
  'tokens.input': 120,
  'cost_per_token.input': 0.000003,
  into: '/label',
  is: 500,
  json: { label: 'money' },
  key: 'id',
  'encryption.key': '${STORAGE_KEY}',
  'tls.key': './certificates/server.key',
  last: '/status',
  limit: 10,
  max: '/ms',
  max_batch: 5000,
  max_concurrency: 16,
  max_output_tokens: 4096,
  max_wait: '1m',
  mean: '/ms',
  min: '/ms',
  min_batch: 200,
  model: 'gpt-4o-mini',
  'embed.model': 'text-embedding-3-small',
  models: ['gpt-4o-mini'],
  name: 'clean',
  'models.name': 'gpt-4o-mini',
  'tests.name': 'a refund is about money',
  nats: 'orders.>',
  'outputs.nats': 'results.orders',
  '.nats': { url: 'nats://localhost:4222' },
  nkey: '${NATS_NKEY}',
  now: '2026-01-01T00:00:00Z',
  old_keys: ['${OLD_STORAGE_KEY}'],
  order_by: '/user/id',
  'tests.output': [{ label: 'money' }],
  'tokens.output': 12,
  'cost_per_token.output': 0.000015,
  output_size: '1MB',
  'tests.outputs': { events: [{ label: 'money' }] },
  password: '${NATS_PASSWORD}',
  pattern: '{name}-{date}.{number}{ext}',
  prompt: 'Is this about money, time or other? ${/question}',
  prompt_file: './prompt.md',
  provider: 'openai',
  providers: ['openai', 'anthropic'],
  proxy: 'http://proxy.example:3128',
  quantile: ['/ms', 0.95],
  query: { 'api-version': '2024-10-21' },
  rate: 0.1,
  request: '{model: "gpt-4o-mini", messages: [{role: "user", content: /text}]}',
  requests_per_minute: 500,
  retention_days: 30,
  retention_size: '10GB',
  retry_after: '2s',
  rotate_every: '1d',
  rotate_size: '100MB',
  routing_key: '/level',
  row: 2,
  rules: { behind: { signal: 'backlog_seconds', above: 60, for: '1m' } },
  sample: 0.1,
  schema: './label.schema.json',
  scripts: { clean: '{/id, who: /user/name}' },
  secrets: { signing: '${SIGNING_KEY}' },
  seed: 'july',
  'ai.seed': 7,
  'faults.seed': 7,
  session: '30m',
  stage: 'label',
  start: 0,
  state_dir: './state',
  step: '[$inputs/2 + /amount, {/id, so_far: $inputs/2 + /amount}]',
  steps: 100_000,
  stop: ['END'],
  stream: 'ORDERS',
  'ai.stream': true,
  'ai_providers.stream': true,
  sum: '/amount',
  system: 'Answer with one word.',
  tables: { countries: { file: './countries.csv', key: 'code' } },
  tags: { team: 'search' },
  temperature: 0,
  tests: [{ name: 'a refund is about money', input: [{ text: 'refund' }], output: [{ label: 'money' }] }],
  text: 'money',
  throttle: '100/1m',
  time: '/at',
  times: 1,
  token: '${NATS_TOKEN}',
  token_requests_per_minute: 6000,
  tokens: ['${INGEST_TOKEN}'],
  'answers.tokens': { input: 120, output: 12 },
  tokens_per_minute: 200_000,
  tool_choice: 'required',
  tools: [{ name: 'look_up', description: 'Looks a word up', parameters: { type: 'object' } }],
  top: 3,
  top_p: 0.9,
  trusted_proxies: ['10.0.0.0/8'],
  user: 'colloquium',
  webhook: '${ALERT_WEBHOOK}',
  when: ['error', 'fatal'],
  'answers.when': '/text == "refund"',
  within: '10m',
};

/** Gives each property of a JSON Schema an example, if one is known or follows from what it says. */
export function withExamples<Schema extends JsonSchema>(schema: Schema, above = ''): Schema {
  return mapped(schema, above) as Schema;
}

function mapped(part: unknown, above: string): unknown {
  if (Array.isArray(part)) return part.map((one) => mapped(one, above));
  if (!isSchema(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([word, value]) => [
      word,
      word === 'properties' && isSchema(value) ? withEach(value, above) : mapped(value, above),
    ]),
  );
}

function withEach(properties: JsonSchema, above: string): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([key, property]) => {
      if (!isSchema(property)) return [key, property];
      const example = exampleOf(property, key, above);
      return [key, { ...(mapped(property, key) as JsonSchema), ...(example !== undefined && { examples: [example] }) }];
    }),
  );
}

/** @param above the name of the key above this one */
function exampleOf(schema: JsonSchema, key: string, above: string): Json | undefined {
  return named(`${above}.${key}`) ?? named(key) ?? valueIn(schema, key);
}

function named(name: string): Json | undefined {
  return Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined;
}

/** A value that the schema itself names, or that its parts make up. */
function valueIn(schema: JsonSchema, key: string): Json | undefined {
  const { const: only, default: usual, enum: words, anyOf = [], oneOf = [], type, items, properties } = schema;
  if (only !== undefined) return only as Json;
  if (usual !== undefined && !isEmpty(usual)) return usual as Json;
  if (Array.isArray(words)) return words[0] as Json;
  for (const one of [anyOf, oneOf].flat()) {
    const value = isSchema(one) ? valueIn(one, key) : undefined;
    if (value !== undefined) return value;
  }
  if ([type].flat().includes('boolean')) return true;
  if (isSchema(items)) {
    const value = valueIn(items, key);
    return value === undefined ? undefined : [value];
  }
  if (isSchema(properties)) return partsIn(schema, properties, key);
  const { additionalProperties: each } = schema;
  const value = isSchema(each) ? valueIn(each, key) : undefined;
  return value === undefined ? undefined : { default: value };
}

/** What must be there, or else the first part that has an example. */
function partsIn({ required }: JsonSchema, properties: JsonSchema, key: string): Json | undefined {
  const parts = Object.entries(properties).flatMap(([name, part]): (readonly [string, Json])[] => {
    const value = isSchema(part) ? exampleOf(part, name, key) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  if (!Array.isArray(required) || required.length === 0) return parts[0] && Object.fromEntries([parts[0]]);
  const needed = parts.filter(([name]) => required.includes(name));
  return needed.length === required.length ? Object.fromEntries(needed) : undefined;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
