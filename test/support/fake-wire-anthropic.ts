import {
  deviation,
  jsonOf,
  fields,
  is,
  list,
  piecesOf,
  type FakeCall,
  type FakeEvent,
  type FakeFinish,
  type FakeHttpRequest,
  type FakeWire,
} from './fake-wire.js';

const STOP: Record<FakeFinish, string> = {
  complete: 'end_turn',
  truncated: 'max_tokens',
  filtered: 'refusal',
  refused: 'refusal',
};

/** Anthropic's messages. */
export const anthropicWire: FakeWire = {
  basePath: '/v1',
  requestIdHeader: 'request-id',
  authorized: ({ headers }, apiKey) => headers['x-api-key'] === apiKey && headers['authorization'] === undefined,
  read,
  answer: ({ id, model, text, finish, calls, thoughts, usage, tool }) => ({
    usageKey: 'usage',
    body: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [
        ...(thoughts === undefined ? [] : [{ type: 'thinking', thinking: thoughts, signature: 's' }]),
        ...(calls?.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: call.arguments })) ?? [
          tool === undefined ? { type: 'text', text } : toolUse(tool, text),
        ]),
      ],
      stop_reason: calls !== undefined || (tool !== undefined && finish === 'complete') ? 'tool_use' : STOP[finish],
      stop_sequence: null,
      usage: {
        input_tokens: usage.input - (usage.cacheRead ?? 0) - (usage.cacheWrite ?? 0),
        cache_creation_input_tokens: usage.cacheWrite ?? 0,
        cache_read_input_tokens: usage.cacheRead ?? 0,
        cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite ?? 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: usage.output,
        service_tier: 'standard',
      },
    },
  }),
  events,
  error: (_status, type, message) => ({ type: 'error', error: { type, message }, request_id: null }),
  rateHeaders: ({ limit, remaining }) => ({
    'anthropic-ratelimit-requests-limit': String(limit),
    'anthropic-ratelimit-requests-remaining': String(remaining),
    'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:00Z',
  }),
};

/** What a block begins with, by its type. */
const EMPTY: Readonly<Record<string, unknown>> = {
  text: { text: '' },
  thinking: { thinking: '', signature: '' },
  tool_use: { input: {} },
};

function deltasOf({ type, text, thinking, signature, input }: Readonly<Record<string, unknown>>): readonly unknown[] {
  switch (type) {
    case 'thinking':
      return [
        ...piecesOf(String(thinking)).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
        { type: 'signature_delta', signature },
      ];
    case 'tool_use':
      return piecesOf(JSON.stringify(input)).map((piece) => ({ type: 'input_json_delta', partial_json: piece }));
    default:
      return piecesOf(String(text)).map((piece) => ({ type: 'text_delta', text: piece }));
  }
}

/** Counts of the request come with the start, those of the answer with its end. */
function events(body: Record<string, unknown>): readonly FakeEvent[] {
  const { content, stop_reason, stop_sequence, usage, ...head } = body;
  const event = (type: string, more = {}): FakeEvent => ({ name: type, data: { type, ...more } });
  const blocks = list(content).flatMap((block, index) => {
    return [
      event('content_block_start', {
        index,
        content_block: { ...fields(block), ...fields(EMPTY[String(fields(block)['type'])]) },
      }),
      event('ping'),
      ...deltasOf(fields(block)).map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ];
  });
  const start = usage === undefined ? {} : { usage: is.object(usage) ? { ...usage, output_tokens: 1 } : usage };
  const end = usage === undefined ? {} : { usage };
  return [
    event('message_start', { message: { ...head, content: [], stop_reason: null, stop_sequence: null, ...start } }),
    ...blocks,
    event('message_delta', { delta: { stop_reason, stop_sequence }, ...end }),
    event('message_stop'),
  ];
}

function read({ path, headers, body }: FakeHttpRequest): FakeCall | string {
  if (path !== '/v1/messages') return `no such path: ${path}`;
  if (headers['anthropic-version'] !== '2023-06-01') return 'anthropic-version: 2023-06-01 is missing';
  const wrong = deviation(
    body,
    'body',
    { model: is.text, messages: is.filledList, max_tokens: is.count },
    {
      system: (system) => is.text(system) || is.filledList(system),
      temperature: (value) => is.number(value) && value <= 1,
      top_p: is.number,
      top_k: is.count,
      stop_sequences: is.texts,
      output_config: (config) =>
        deviation(config, 'output_config', {}, { format: is.object, effort: is.text }) === undefined,
      tools: (tools) => is.maps(tools) && tools.every(isTool),
      tool_choice: (choice) => ['auto', 'any', 'tool', 'none'].includes(String(fields(choice)['type'])),
      thinking: isThinking,
      metadata: is.object,
      stream: is.flag,
    },
  );
  if (wrong !== undefined) return wrong;
  const request = fields(body);
  const texts: string[] = [];
  const marks: number[] = [];
  for (const block of list(request['system'])) {
    const bad = deviation(block, 'system', { type: is.text, text: is.text }, { cache_control: isMark });
    if (bad !== undefined) return bad;
    const badMark = markProblem(block);
    if (badMark !== undefined) return badMark;
    texts.push(String(fields(block)['text']));
    if (fields(block)['cache_control'] !== undefined) marks.push(texts.length);
  }
  let used: readonly unknown[] = [];
  for (const [i, message] of list(request['messages']).entries()) {
    const blocks = list(fields(message)['content']).map(fields);
    const results = blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id: id }) => id);
    if (used.length !== results.length || !used.every((id) => results.includes(id)))
      return `messages[${i}]: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${used.join()}`;
    used = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    const role = i % 2 === 0 ? 'user' : 'assistant';
    const badMessage = deviation(message, `messages[${i}]`, {
      role: (value) => value === role,
      content: is.filledList,
    });
    if (badMessage !== undefined) return badMessage;
    for (const block of list(fields(message)['content'])) {
      if (fields(block)['type'] !== 'text') {
        if (!isMedia(block) && !isToolBlock(block, role))
          return `messages[${i}].content is not as documented: ${JSON.stringify(block)}`;
        continue;
      }
      const badBlock = deviation(
        block,
        `messages[${i}].content`,
        { type: is.text, text: is.text },
        { cache_control: isMark },
      );
      if (badBlock !== undefined) return badBlock;
      const badMark = markProblem(block);
      if (badMark !== undefined) return badMark;
      texts.push(String(fields(block)['text']));
      if (fields(block)['cache_control'] !== undefined) marks.push(texts.length);
    }
  }
  if (marks.length > 4) return `A maximum of 4 blocks with cache_control may be provided. Found ${marks.length}.`;
  const lastMark = marks.at(-1);
  if (used.length > 0) return '`tool_use` ids were found without `tool_result` blocks immediately after';
  const wantsJson = request['output_config'] !== undefined || request['tools'] !== undefined;
  const { thinking, max_tokens: cap } = request;
  if (Number(fields(thinking)['budget_tokens'] ?? 0) >= Number(cap))
    return 'max_tokens must be more than budget_tokens';
  const choice = fields(request['tool_choice']);
  const tools = list(request['tools']).map(fields);
  const forced = choice['type'] === 'any' ? tools.at(-1)?.['name'] : choice['name'];
  const tool = is.text(forced) ? forced : undefined;
  const offered = tools.find(({ name }) => name === tool);
  if (tool !== undefined && offered === undefined) return `tool_choice names ${tool}, which is no tool`;
  const format = fields(fields(request['output_config'])['format']);
  return {
    model: String(request['model']),
    texts,
    outputTokensMax: Number(cap),
    wantsJson,
    stream: request['stream'] === true,
    // Tools stand before the system message, and both before what is said.
    ...(lastMark !== undefined && {
      cached: JSON.stringify([request['model'], request['tools'], texts.slice(0, lastMark)]),
      cachedTexts: lastMark,
    }),
    body,
    tool,
    format: tool !== undefined ? 'tool' : 'schema' in format ? 'json_schema' : undefined,
    schema: offered === undefined ? format['schema'] : offered['input_schema'],
  };
}

function isMark(mark: unknown): boolean {
  const ttl = (value: unknown): boolean => value === '5m' || value === '1h';
  return deviation(mark, 'cache_control', { type: (type) => type === 'ephemeral' }, { ttl }) === undefined;
}

function markProblem(block: unknown): string | undefined {
  const { text, cache_control: mark } = fields(block);
  return mark !== undefined && String(text).trim() === ''
    ? 'cache_control cannot be set for empty text blocks'
    : undefined;
}

function toolUse(name: string, text: string): unknown {
  return { type: 'tool_use', id: 'toolu_1', name, input: jsonOf(text) ?? {} };
}

function isTool(tool: unknown): boolean {
  const more = { description: is.text, strict: is.flag };
  return deviation(tool, 'tool', { name: is.text, input_schema: is.object }, more) === undefined;
}

function isThinking(thinking: unknown): boolean {
  switch (fields(thinking)['type']) {
    case 'enabled': {
      const budget = (value: unknown): boolean => is.count(value) && value >= 1024;
      return deviation(thinking, 'thinking', { type: is.text, budget_tokens: budget }) === undefined;
    }
    case 'adaptive':
      return deviation(thinking, 'thinking', { type: is.text }, { display: is.text }) === undefined;
    default:
      return deviation(thinking, 'thinking', { type: (type) => type === 'disabled' }) === undefined;
  }
}

/** A call that the assistant made, or what the user says that it came to. */
function isToolBlock(block: unknown, role: string): boolean {
  const type = (wanted: string) => (value: unknown) => value === wanted;
  const shape =
    role === 'assistant'
      ? { type: type('tool_use'), id: is.text, name: is.text, input: is.object }
      : { type: type('tool_result'), tool_use_id: is.text, content: is.anyText };
  return deviation(block, 'block', shape) === undefined;
}

/** A picture or document, by its address or as its bytes. */
function isMedia(block: unknown): boolean {
  const kind = (type: unknown): boolean => type === 'image' || type === 'document';
  if (deviation(block, 'block', { type: kind, source: is.object }, { title: is.text }) !== undefined) return false;
  const { source } = fields(block);
  return fields(source)['type'] === 'url'
    ? deviation(source, 'source', { type: is.text, url: is.text }) === undefined
    : deviation(source, 'source', { type: (type) => type === 'base64', media_type: is.text, data: is.text }) ===
        undefined;
}
