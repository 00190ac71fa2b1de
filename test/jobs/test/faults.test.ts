import { describe, expect, it } from 'vitest';
import { configFor, OPENAI, runSuite, told } from './suite.js';

const KINDS = {
  openai: OPENAI,
  'openai-compatible': 'kind: openai-compatible, base_url: "http://127.0.0.1:9/v1"',
  anthropic: 'kind: anthropic, base_url: "http://127.0.0.1:9/v1"',
  google: 'kind: google, base_url: "http://127.0.0.1:9/v1beta"',
} as const;

/** What becomes of one call that meets a fault once: attempts, and a dead letter or none. */
const FAULTS: readonly (readonly [string, string])[] = [
  ['is: 429 rate_limit_exceeded, retry_after: 90s', 'attempts: 2, calls: 1, expect: /a/response == "yes"'],
  ['is: 500', 'attempts: 2, expect: /a/attempts == 2'],
  ['is: 529', 'attempts: 2, expect: /a/response == "yes"'],
  ['is: connection refused', 'attempts: 2, expect: /a/response == "yes"'],
  ['is: connection reset', 'attempts: 2, expect: /a/response == "yes"'],
  ['is: timeout before send', 'attempts: 2, expect: /a/response == "yes"'],
  ['is: timeout after send', 'attempts: 2, expect: /a/response == "yes"'],
  ['is: cut body', 'attempts: 2, expect: /a/response == "yes"'],
  ['is: broken json', 'attempts: 2, expect: /a/response == "yes"'],
  ['is: cut off', 'attempts: 2, expect: /a/response == "yes"'],
  ['is: 400', 'attempts: 1, dead_letters: [{ error: { kind: ai_provider_error, stage: ai-1 }, line: 1 }]'],
  ['is: 400 context_length_exceeded', 'attempts: 1, dead_letters: [{ error: { stage: ai-1 } }]'],
  ['is: 429 insufficient_quota', 'attempts: 1, stopped: provider-limit, breakers: { it: down }'],
  ['is: 401', 'attempts: 1, stopped: provider-refused, breakers: { it: down }'],
  ['is: no usage', 'attempts: 1, expect: /a/cost_usd == null or /a/cost_usd >= 0'],
  ['is: wrong usage', 'attempts: 1, expect: /a/response == "yes"'],
  ['is: refusal', 'attempts: 1, dead_letters: [{ error: { stage: ai-1 } }]'],
  ['is: content filter', 'attempts: 1, dead_letters: [{ error: { stage: ai-1 } }]'],
];

describe.each(Object.entries(KINDS))('faults of a provider of kind %s', (_, provider) => {
  it('end as such faults end', async () => {
    const cases = FAULTS.map(
      ([fault, expected], index) =>
        `  - { name: '${index} ${fault.replaceAll(/[^\w ]/g, '')}', input: [{ q: 1 }], ai: { answers: [{ text: 'yes' }] }, faults: [{ ${fault} }], ${expected} }\n`,
    );
    const results = await runSuite({
      'colloquium.yaml': configFor(provider),
      'colloquium.test.yaml': `tests:\n${cases.join('')}`,
    });
    expect(told(results).filter((one) => !one.endsWith('| passed'))).toEqual([]);
    expect(results).toHaveLength(FAULTS.length);
  });
});
