import {
  deviation,
  jsonOf,
  fields,
  is,
  list,
  type FakeCall,
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
  answer: ({ id, model, text, finish, usage, tool }) => ({
    usageKey: 'usage',
    body: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [tool === undefined ? { type: 'text', text } : toolUse(tool, text)],
      stop_reason: tool !== undefined && finish === 'complete' ? 'tool_use' : STOP[finish],
      stop_sequence: null,
      usage: {
        input_tokens: usage.input,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: usage.output,
        service_tier: 'standard',
      },
    },
  }),
  error: (_status, type, message) => ({ type: 'error', error: { type, message }, request_id: null }),
  rateHeaders: ({ limit, remaining }) => ({
    'anthropic-ratelimit-requests-limit': String(limit),
    'anthropic-ratelimit-requests-remaining': String(remaining),
    'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:00Z',
  }),
};

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
      output_config: is.object,
      tools: is.filledList,
      tool_choice: is.object,
    },
  );
  if (wrong !== undefined) return wrong;
  const request = fields(body);
  const texts = list(request['system']).map((block) => String(fields(block)['text']));
  for (const [i, message] of list(request['messages']).entries()) {
    const role = i % 2 === 0 ? 'user' : 'assistant';
    const badMessage = deviation(message, `messages[${i}]`, {
      role: (value) => value === role,
      content: is.filledList,
    });
    if (badMessage !== undefined) return badMessage;
    for (const block of list(fields(message)['content'])) {
      const badBlock = deviation(block, `messages[${i}].content`, { type: (type) => type === 'text', text: is.text });
      if (badBlock !== undefined) return badBlock;
      texts.push(String(fields(block)['text']));
    }
  }
  const wantsJson = request['output_config'] !== undefined || request['tools'] !== undefined;
  const choice = fields(request['tool_choice']);
  const offered = fields(list(request['tools'])[0]);
  const forced = choice['type'] === 'any' ? offered['name'] : choice['name'];
  const tool = is.text(forced) ? forced : undefined;
  if (tool !== undefined && offered['name'] !== tool) return `tool_choice names ${tool}, which is no tool`;
  const format = fields(fields(request['output_config'])['format']);
  return {
    model: String(request['model']),
    texts,
    outputTokensMax: Number(request['max_tokens']),
    wantsJson,
    tool,
    format: tool !== undefined ? 'tool' : 'schema' in format ? 'json_schema' : undefined,
    schema: tool === undefined ? format['schema'] : offered['input_schema'],
  };
}

function toolUse(name: string, text: string): unknown {
  return { type: 'tool_use', id: 'toolu_1', name, input: jsonOf(text) ?? {} };
}
