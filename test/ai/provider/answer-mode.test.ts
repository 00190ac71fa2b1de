import { describe, expect, it } from 'vitest';
import { detailWords, refusalOf } from '../../../src/ai/provider/answer-mode.js';

const refusal = (status: number, words: string, mode: 'strict' | 'tool' = 'strict') =>
  refusalOf(status, words, { mode, asked: {} });

describe('an error', () => {
  it.each([
    [400, 'This response_format type is unavailable now'],
    [400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."],
    [400, 'This model does not support response format `json_schema`.'],
    [400, "'claude-3-opus-20240229' does not support output format."],
    [400, 'output_config: Extra inputs are not permitted'],
    [400, 'JSON mode is not enabled for models/gemma-3-27b-it'],
    [422, 'response_format: response_format.type `json_schema` is unavailable now at line 1 column 92'],
    [422, detailWords({ detail: [{ loc: ['body', 'response_format'], msg: 'extra fields', input: {} }] }) ?? ''],
  ])('%i %j says that the model does not know this way of asking', (status, words) => {
    expect(refusal(status, words)).toBe('model');
  });

  it.each([
    [400, "Invalid schema for response_format 'answer': In context=(), 'uniqueItems' is not permitted."],
    [400, 'Invalid JSON payload received. Unknown name "oneOf" at \'generation_config.response_schema\''],
    [400, 'The specified schema produces a constraint that has too many states for serving.'],
    [400, "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"],
  ])('%i %j says that this schema is not taken', (status, words) => {
    expect(refusal(status, words)).toBe('schema');
  });

  it.each([
    [500, 'response_format'],
    [429, 'This response_format type is unavailable now'],
    [400, "This model's maximum context length is 8192 tokens"],
    [400, "Failed to generate JSON (json_validate_failed), with response_format 'json_schema'"],
    [400, 'tools are not supported'],
    [422, detailWords({ detail: [{ loc: ['body', 'seed'], msg: 'extra', input: { response_format: {} } }] }) ?? ''],
  ])('%i %j is about something else', (status, words) => {
    expect(refusal(status, words)).toBeUndefined();
  });

  it('about tools is one about the way of asking where the answer is asked for by a tool', () => {
    expect(refusal(400, 'tools are not supported', 'tool')).toBe('model');
  });
});
