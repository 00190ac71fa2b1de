import { asArguments, changed, firstHalf, WRONG_TOKENS, type WireBodies } from './bodies.js';
import { at, listAt, textAt } from './read-json.js';

/** What Anthropic's messages answer. */
export const messageBodies: WireBodies = {
  answer(text, { input, output }, request) {
    const tool = textAt(request, 'tool_choice', 'type') === 'tool' ? textAt(request, 'tool_choice', 'name') : undefined;
    const content =
      tool === undefined
        ? { type: 'text', text }
        : { type: 'tool_use', id: 'toolu_test', name: tool, input: asArguments(text) };
    return {
      id: 'msg_test',
      type: 'message',
      role: 'assistant',
      model: textAt(request, 'model') ?? '',
      content: [content],
      stop_reason: tool === undefined ? 'end_turn' : 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: input, output_tokens: output },
    };
  },
  error(status, code, message) {
    const body = (type: string, words = message, more = {}): unknown => ({
      type: 'error',
      error: { type, message: words, ...more },
    });
    switch (code) {
      case 'insufficient_quota':
        return body('rate_limit_error', message, { details: { error_code: 'enforced_spend_limit_reached' } });
      case 'context_length_exceeded':
        return body('invalid_request_error', 'prompt is too long');
      default:
        return body(code ?? TYPES[status] ?? 'api_error');
    }
  },
  withDefect(body, defect) {
    const [first, ...others] = listAt(body, 'content');
    switch (defect) {
      // Anthropic has one word for both.
      case 'refusal':
      case 'content filter':
        return changed(body, { content: [], stop_reason: 'refusal' });
      case 'cut off': {
        const text = firstHalf(textAt(first, 'text') ?? JSON.stringify(at(first, 'input') ?? ''));
        return changed(body, { content: [{ type: 'text', text }, ...others], stop_reason: 'max_tokens' });
      }
      case 'no usage':
        return changed(body, { usage: undefined });
      case 'wrong usage':
        return changed(body, { usage: changed(at(body, 'usage'), { input_tokens: WRONG_TOKENS }) });
    }
  },
};

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
