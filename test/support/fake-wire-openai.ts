import { strictRefusal } from './fake-strict-schema.js';
import {
  deviation,
  fields,
  is,
  list,
  type FakeCall,
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
    answer: ({ id, model, text, finish, usage, tool }) => ({
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
                : tool !== undefined
                  ? { role: 'assistant', content: null, refusal: null, tool_calls: [toolCall(tool, text)] }
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
    error: (_status, type, message) => ({ error: { message, type, param: null, code: type } }),
    rateHeaders: ({ limit, remaining }) => ({
      'x-ratelimit-limit-requests': String(limit),
      'x-ratelimit-remaining-requests': String(remaining),
    }),
  };
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
      response_format: is.object,
      tools: is.filledList,
      tool_choice: is.object,
    },
  );
  if (wrong !== undefined) return wrong;
  const { model, messages, response_format: format, tools, tool_choice: choice, [cap]: outputTokensMax } = fields(body);
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
  const bound = boundBy(format, tools, choice);
  if (typeof bound === 'string') return bound;
  if (bound.format === 'json_object' && !texts.some((text) => /json/i.test(text)))
    return "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
  const wantsJson = bound.format !== undefined;
  return { model: String(model), texts, outputTokensMax: Number(outputTokensMax), wantsJson, ...bound };
}

/** How a request binds its answer to a schema; a text says what is wrong with that. */
function boundBy(
  format: unknown,
  tools: unknown,
  choice: unknown,
): Pick<FakeCall, 'format' | 'schema' | 'tool'> | string {
  if (tools !== undefined) {
    const offered = fields(fields(list(tools)[0])['function']);
    const tool = String(fields(fields(choice)['function'])['name']);
    if (offered['name'] !== tool) return `tool_choice names ${tool}, which is no tool`;
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

function toolCall(name: string, text: string): unknown {
  return { id: 'call_1', type: 'function', function: { name, arguments: text } };
}
