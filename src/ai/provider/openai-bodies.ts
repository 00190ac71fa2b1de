import { ANSWER_TOOL } from './answer-mode.js';
import { asArguments, changed, firstHalf, WRONG_TOKENS, type WireBodies } from './bodies.js';
import { at, listAt, textAt } from './read-json.js';

/** What chat completions answer, at OpenAI and compatible servers. */
export const chatBodies: WireBodies = {
  answer(text, { input, output }, request) {
    const isTool = textAt(request, 'tool_choice', 'function', 'name') === ANSWER_TOOL;
    const call = {
      id: 'call_test',
      type: 'function',
      function: { name: ANSWER_TOOL, arguments: JSON.stringify(asArguments(text)) },
    };
    const message = isTool ? { content: null, tool_calls: [call] } : { content: text };
    return {
      id: 'chatcmpl-test',
      object: 'chat.completion',
      created: 0,
      model: textAt(request, 'model') ?? '',
      choices: [
        { index: 0, message: { role: 'assistant', ...message }, finish_reason: isTool ? 'tool_calls' : 'stop' },
      ],
      usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    };
  },
  textsIn: (request) => listAt(request, 'input').length,
  vectors: (vectors, { input }, request) => ({
    object: 'list',
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: textAt(request, 'model') ?? '',
    usage: { prompt_tokens: input, total_tokens: input },
  }),
  error: (status, code, message) => ({
    error: {
      message,
      type: status === 429 ? (code ?? 'rate_limit_exceeded') : 'test_error',
      param: null,
      code: code ?? null,
    },
  }),
  withDefect(body, defect) {
    const [choice, ...others] = listAt(body, 'choices');
    const message = at(choice, 'message');
    const withChoice = (members: Readonly<Record<string, unknown>>): unknown =>
      changed(body, { choices: [changed(choice, members), ...others] });
    switch (defect) {
      case 'refusal':
        return withChoice({ message: changed(message, { content: null, refusal: 'a test refuses this' }) });
      case 'cut off': {
        const content = firstHalf(textAt(message, 'content') ?? '');
        return withChoice({ message: changed(message, { content }), finish_reason: 'length' });
      }
      case 'content filter':
        return withChoice({ message: changed(message, { content: '' }), finish_reason: 'content_filter' });
      case 'no usage':
        return changed(body, { usage: undefined });
      case 'wrong usage':
        return changed(body, { usage: changed(at(body, 'usage'), { prompt_tokens: WRONG_TOKENS }) });
    }
  },
};
