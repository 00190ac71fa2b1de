import {
  deviation,
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
  answer: ({ id, model, text, finish, usage }) => ({
    usageKey: 'usage',
    body: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text }],
      stop_reason: STOP[finish],
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
  events,
  error: (_status, type, message) => ({ type: 'error', error: { type, message }, request_id: null }),
  rateHeaders: ({ limit, remaining }) => ({
    'anthropic-ratelimit-requests-limit': String(limit),
    'anthropic-ratelimit-requests-remaining': String(remaining),
    'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:00Z',
  }),
};

/** Counts of the request come with the start, those of the answer with its end. */
function events(body: Record<string, unknown>): readonly FakeEvent[] {
  const { content, stop_reason, stop_sequence, usage, ...head } = body;
  const event = (type: string, more = {}): FakeEvent => ({ name: type, data: { type, ...more } });
  const blocks = list(content).flatMap((block, index) => {
    const pieces = piecesOf(String(fields(block)['text']));
    return [
      event('content_block_start', { index, content_block: { type: 'text', text: '' } }),
      event('ping'),
      ...pieces.map((text) => event('content_block_delta', { index, delta: { type: 'text_delta', text } })),
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
      output_config: is.object,
      tools: is.filledList,
      tool_choice: is.object,
      stream: is.flag,
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
  const outputTokensMax = Number(request['max_tokens']);
  return { model: String(request['model']), texts, outputTokensMax, wantsJson, stream: request['stream'] === true };
}
