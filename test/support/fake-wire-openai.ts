import { strictRefusal } from './fake-strict-schema.js';
import {
  deviation,
  fields,
  is,
  jsonOf,
  list,
  piecesOf,
  type Checks,
  type FakeCall,
  type FakeEvent,
  type FakeFinish,
  type FakeHttpRequest,
  type FakeToolCall,
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
    answer: ({ id, model, text, finish, calls, thoughts, usage, tool, vectors }) => ({
      usageKey: 'usage',
      body:
        vectors === undefined
          ? {
              id,
              object: 'chat.completion',
              created: 1_767_225_600,
              model,
              choices: [
                {
                  index: 0,
                  finish_reason: calls === undefined ? FINISH[finish] : 'tool_calls',
                  ...(thoughts !== undefined && { logprobs: { content: [{ token: 'a', logprob: -0.5 }] } }),
                  message:
                    finish === 'refused'
                      ? { role: 'assistant', content: null, refusal: text }
                      : {
                          role: 'assistant',
                          content: finish === 'filtered' || calls !== undefined || tool !== undefined ? null : text,
                          refusal: null,
                          ...(thoughts !== undefined && { reasoning_content: thoughts }),
                          ...(calls && { tool_calls: calls.map(toolCall) }),
                          ...(calls === undefined && tool !== undefined && { tool_calls: [answerCall(tool, text)] }),
                        },
                },
              ],
              usage: {
                prompt_tokens: usage.input,
                completion_tokens: usage.output,
                total_tokens: usage.input + usage.output,
                ...(usage.cacheRead !== undefined && { prompt_tokens_details: { cached_tokens: usage.cacheRead } }),
              },
            }
          : vectorsBody(model, vectors, usage.input),
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
  const { message, finish_reason, logprobs = null } = fields(list(choices)[0]);
  const { content, refusal, reasoning_content: thoughts, tool_calls: calls } = fields(message);
  const chunk = (choices: readonly unknown[], more = {}): FakeEvent => ({
    data: { ...head, object: 'chat.completion.chunk', choices, usage: null, ...more },
  });
  const delta = (delta: unknown): FakeEvent => chunk([{ index: 0, delta, logprobs: null, finish_reason: null }]);
  return [
    delta({ role: 'assistant', content: '', refusal: null }),
    ...(is.anyText(thoughts) ? piecesOf(thoughts).map((piece) => delta({ reasoning_content: piece })) : []),
    ...list(calls).flatMap((call, index) => callDeltas(fields(call), index).map((one) => delta({ tool_calls: [one] }))),
    ...(is.anyText(content) ? piecesOf(content).map((piece) => delta({ content: piece })) : []),
    ...(is.anyText(refusal) ? piecesOf(refusal).map((piece) => delta({ refusal: piece })) : []),
    chunk([{ index: 0, delta: {}, logprobs, finish_reason }]),
    ...(usage === undefined ? [] : [chunk([], { usage })]),
    { data: '[DONE]' },
  ];
}

/** The name of a function first, then its arguments in pieces. */
function callDeltas(
  { id, type, function: called }: Readonly<Record<string, unknown>>,
  index: number,
): readonly unknown[] {
  const { name, arguments: given } = fields(called);
  return [
    { index, id, type, function: { name, arguments: '' } },
    ...piecesOf(String(given)).map((piece) => ({ index, function: { arguments: piece } })),
  ];
}

/** In another order than was asked: their index counts. */
function vectorsBody(model: string, vectors: readonly (readonly number[])[], tokens: number): Record<string, unknown> {
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', data: data.reverse(), model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

/** As OpenAI's servers have it: 2,048 texts of at least a character, and 300,000 tokens, together. */
function readVectors(body: unknown): FakeCall | string {
  const { model, input, dimensions } = fields(body);
  const wrong = deviation(
    body,
    'body',
    {
      model: is.text,
      input: (texts) => is.filledList(texts) && texts.length <= 2048 && texts.every(is.text),
      encoding_format: (format) => format === 'float',
    },
    { dimensions: is.count },
  );
  if (wrong !== undefined) return wrong;
  const texts = list(input).map(String);
  if (texts.reduce((sum, text) => sum + Buffer.byteLength(text) / 4, 0) > 300_000)
    return 'max 300000 tokens per request';
  const size = is.count(dimensions) ? dimensions : 8;
  return { model: String(model), texts, outputTokensMax: 0, wantsJson: false, body, stream: false, dimensions: size };
}

function read({ path, body }: FakeHttpRequest, compatible: boolean): FakeCall | string {
  if (path === '/v1/embeddings') return readVectors(body);
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
      response_format: is.object,
      reasoning_effort: (effort) => EFFORTS.includes(String(effort)),
      tools: (tools) => is.maps(tools) && tools.every(isTool),
      tool_choice: (choice) => ['auto', 'none', 'required'].includes(String(choice)) || is.object(choice),
      logprobs: is.flag,
      top_logprobs: is.count,
      stream: is.flag,
      stream_options: (options) => fields(body)['stream'] === true && fields(options)['include_usage'] === true,
    },
  );
  if (wrong !== undefined) return wrong;
  const stream = fields(body)['stream'] === true;
  if (stream && fields(body)['stream_options'] === undefined) return 'a stream without its usage';
  const { model, messages, response_format: format, tools, tool_choice: choice, [cap]: outputTokensMax } = fields(body);
  const texts: string[] = [];
  let called: readonly string[] = [];
  for (const [i, message] of list(messages).entries()) {
    const { role, content, tool_call_id: id } = fields(message);
    if (role !== 'tool' && called.length > 0) return unanswered(called);
    if (role === 'tool' && !called.includes(String(id)))
      return `messages[${i}]: 'tool' must be a response to a preceding message with 'tool_calls'`;
    const badMessage = deviation(message, `messages[${i}]`, ...messageOf(role));
    if (badMessage !== undefined) return badMessage;
    called =
      role === 'tool'
        ? called.filter((one) => one !== id)
        : list(fields(message)['tool_calls']).map((call) => String(fields(call)['id']));
    texts.push(
      is.anyText(content)
        ? content
        : list(content)
            .map((part) => fields(part)['text'])
            .filter(is.anyText)
            .join(''),
    );
  }
  if (called.length > 0) return unanswered(called);
  const bound = boundBy(format, tools, choice);
  if (typeof bound === 'string') return bound;
  if (bound.format === 'json_object' && !texts.some((text) => /json/i.test(text)))
    return "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
  const wantsJson = bound.format !== undefined;
  return { model: String(model), texts, outputTokensMax: Number(outputTokensMax), wantsJson, body, stream, ...bound };
}

/** What a message of a role must have, and may have. */
function messageOf(role: unknown): [Checks, Checks?] {
  const isContent = (content: unknown): boolean => is.anyText(content) || (is.maps(content) && content.every(isPart));
  switch (role) {
    case 'tool':
      return [{ role: is.text, tool_call_id: is.text, content: is.anyText }];
    case 'assistant':
      return [
        { role: is.text, content: (content) => content === null || isContent(content) },
        { tool_calls: (calls) => is.maps(calls) && calls.every(isCall) },
      ];
    default:
      return [{ role: (one) => ['system', 'developer', 'user'].includes(String(one)), content: isContent }];
  }
}

function isCall(call: unknown): boolean {
  const shape = { id: is.text, type: (type: unknown) => type === 'function', function: is.object };
  if (deviation(call, 'call', shape) !== undefined) return false;
  const inner = { name: is.text, arguments: (json: unknown) => is.text(json) && is.object(jsonOf(json)) };
  return deviation(fields(call)['function'], 'function', inner) === undefined;
}

function unanswered(ids: readonly string[]): string {
  return `'tool_calls' must be followed by tool messages responding to each 'tool_call_id': ${ids.join(', ')}`;
}

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

function toolCall({ id, name, arguments: given }: FakeToolCall): unknown {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(given) } };
}

function isTool(tool: unknown): boolean {
  const known = { name: is.text, parameters: is.object };
  return (
    deviation(tool, 'tool', { type: (type) => type === 'function', function: is.object }) === undefined &&
    deviation(fields(tool)['function'], 'function', known, { description: is.text, strict: is.flag }) === undefined
  );
}

/** What a part must have under the key of its type. */
const PARTS: Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  image_url: { url: (url) => /^(?:https?:|data:image\/[a-z]+;base64,)/.test(String(url)) },
  input_audio: { data: is.text, format: (format) => ['wav', 'mp3'].includes(String(format)) },
  file: { filename: is.text, file_data: (data) => /^data:application\/pdf;base64,/.test(String(data)) },
};

function isPart(part: unknown): boolean {
  const { type } = fields(part);
  if (type === 'text') return deviation(part, 'part', { type: is.text, text: is.anyText }) === undefined;
  const inner = PARTS[String(type)];
  if (inner === undefined) return false;
  return (
    deviation(part, 'part', { type: is.text, [String(type)]: is.object }) === undefined &&
    deviation(fields(part)[String(type)], 'part', inner) === undefined
  );
}

/** How a request binds its answer to a schema; a text says what is wrong with that. */
function boundBy(
  format: unknown,
  tools: unknown,
  choice: unknown,
): Pick<FakeCall, 'format' | 'schema' | 'tool'> | string {
  const tool = fields(fields(choice)['function'])['name'];
  if (is.text(tool)) {
    const offered = list(tools)
      .map((one) => fields(fields(one)['function']))
      .find(({ name }) => name === tool);
    if (offered === undefined) return `tool_choice names ${tool}, which is no tool`;
    return { format: 'tool', schema: offered['parameters'], tool };
  }
  if (format === undefined) return {};
  if (fields(format)['type'] === 'json_object') return { format: 'json_object' };
  const wrong = deviation(format, 'response_format', {
    type: (type) => type === 'json_schema',
    json_schema: is.object,
  });
  if (wrong !== undefined) return wrong;
  const named = fields(fields(format)['json_schema']);
  const deviates = deviation(named, 'json_schema', { name: is.text, schema: is.object }, { strict: is.flag });
  if (deviates !== undefined) return deviates;
  const { schema, strict } = named;
  const refusal =
    strict === true
      ? strictRefusal(schema)
      : fields(schema)['type'] === 'object'
        ? undefined
        : `schema must be a JSON Schema of 'type: "object"'`;
  if (refusal !== undefined) return `Invalid schema for response_format 'answer': ${refusal}`;
  return { format: strict === true ? 'strict' : 'json_schema', schema };
}

function answerCall(name: string, text: string): unknown {
  return { id: 'call_1', type: 'function', function: { name, arguments: text } };
}
