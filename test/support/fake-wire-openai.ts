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

const FINISH: Record<FakeFinish, string> = {
  complete: 'stop',
  truncated: 'length',
  filtered: 'content_filter',
  refused: 'stop',
};

/** OpenAI's chat completions; `compatible` ones know `max_tokens` only, as older servers do. */
export function openaiWire(compatible: boolean): FakeWire {
  return {
    basePath: '/v1',
    requestIdHeader: 'x-request-id',
    authorized: ({ headers }, apiKey) => headers['authorization'] === `Bearer ${apiKey}`,
    read: (request) => read(request, compatible),
    answer: ({ id, model, text, finish, usage }) => ({
      usageKey: 'usage',
      body: {
        id,
        object: 'chat.completion',
        created: 1_767_225_600,
        model,
        choices: [
          {
            index: 0,
            finish_reason: FINISH[finish],
            message:
              finish === 'refused'
                ? { role: 'assistant', content: null, refusal: text }
                : { role: 'assistant', content: finish === 'filtered' ? null : text, refusal: null },
          },
        ],
        usage: {
          prompt_tokens: usage.input,
          completion_tokens: usage.output,
          total_tokens: usage.input + usage.output,
        },
      },
    }),
    events,
    error: (_status, type, message) => ({ error: { message, type, param: null, code: type } }),
    rateHeaders: ({ limit, remaining }) => ({
      'x-ratelimit-limit-requests': String(limit),
      'x-ratelimit-remaining-requests': String(remaining),
    }),
  };
}

/** The role first, then the text in pieces, the finish, and the usage apart. */
function events(body: Record<string, unknown>): readonly FakeEvent[] {
  const { choices, usage, ...head } = body;
  const { message, finish_reason } = fields(list(choices)[0]);
  const { content, refusal } = fields(message);
  const chunk = (choices: readonly unknown[], more = {}): FakeEvent => ({
    data: { ...head, object: 'chat.completion.chunk', choices, usage: null, ...more },
  });
  const delta = (delta: unknown): FakeEvent => chunk([{ index: 0, delta, logprobs: null, finish_reason: null }]);
  return [
    delta({ role: 'assistant', content: '', refusal: null }),
    ...(is.anyText(content) ? piecesOf(content).map((piece) => delta({ content: piece })) : []),
    ...(is.anyText(refusal) ? piecesOf(refusal).map((piece) => delta({ refusal: piece })) : []),
    chunk([{ index: 0, delta: {}, logprobs: null, finish_reason }]),
    ...(usage === undefined ? [] : [chunk([], { usage })]),
    { data: '[DONE]' },
  ];
}

function read({ path, body }: FakeHttpRequest, compatible: boolean): FakeCall | string {
  if (path !== '/v1/chat/completions') return `no such path: ${path}`;
  const cap = compatible ? 'max_tokens' : 'max_completion_tokens';
  const wrong = deviation(
    body,
    'body',
    { model: is.text, messages: is.filledList, [cap]: is.count },
    {
      temperature: is.number,
      top_p: is.number,
      presence_penalty: is.number,
      frequency_penalty: is.number,
      seed: Number.isInteger,
      stop: is.texts,
      response_format: isResponseFormat,
      stream: is.flag,
      stream_options: (options) => fields(body)['stream'] === true && fields(options)['include_usage'] === true,
    },
  );
  if (wrong !== undefined) return wrong;
  const stream = fields(body)['stream'] === true;
  if (stream && fields(body)['stream_options'] === undefined) return 'a stream without its usage';
  const { model, messages, response_format: format, [cap]: outputTokensMax } = fields(body);
  const texts: string[] = [];
  for (const [i, message] of list(messages).entries()) {
    const badMessage = deviation(message, `messages[${i}]`, {
      role: (role) => ['system', 'developer', 'user', 'assistant'].includes(String(role)),
      content: (content) => is.anyText(content) || Array.isArray(content),
    });
    if (badMessage !== undefined) return badMessage;
    const { content } = fields(message);
    texts.push(
      is.anyText(content)
        ? content
        : list(content)
            .map((part) => String(fields(part)['text']))
            .join(''),
    );
  }
  return {
    model: String(model),
    texts,
    outputTokensMax: Number(outputTokensMax),
    wantsJson: format !== undefined,
    stream,
  };
}

function isResponseFormat(format: unknown): boolean {
  const wrong = deviation(format, 'response_format', {
    type: (type) => type === 'json_schema',
    json_schema: is.object,
  });
  if (wrong !== undefined) return false;
  const schema = fields(fields(format)['json_schema']);
  if (deviation(schema, 'json_schema', { name: is.text, schema: is.object }, { strict: is.flag }) !== undefined)
    return false;
  // The real service refuses an open object in strict mode.
  return schema['strict'] !== true || fields(schema['schema'])['additionalProperties'] === false;
}
