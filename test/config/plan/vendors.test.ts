import { expect, it } from 'vitest';
import { vendors } from '../../../src/ai/provider/kinds/index.js';
import { vendorsFor, withVendors } from '../../../src/config/plan/vendors.js';

const root = { value: {}, start: 0, end: 0, entries: new Map() };
const document = { file: 'c.yaml', root };

function served(model: string | undefined, keys: readonly string[]): string {
  const env = Object.fromEntries(keys.map((key) => [key, 'k']));
  const found = vendorsFor(document, ['ai'], model, { env, vendors });
  return 'names' in found ? found.names.join(' ') : `${found.problem.message}: ${found.problem.hint ?? ''}`;
}

it.each([
  ['gpt-4o-mini', ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'OPENROUTER_API_KEY'], 'openai'],
  ['claude-haiku-4-5', ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'], 'anthropic'],
  ['gemini-2.5-flash', ['GOOGLE_API_KEY'], 'google'],
  ['models/gemini-2.5-flash', ['GEMINI_API_KEY', 'OPENROUTER_API_KEY'], 'google'],
  ['openai/gpt-4o', ['OPENAI_API_KEY', 'OPENROUTER_API_KEY'], 'openrouter'],
  ['mistral-small-latest', [], 'mistral'],
  ['grok-4', [], 'xai'],
  ['deepseek-chat', [], 'deepseek'],
])('the model %s, with the keys %j, is of %s', (model, keys, name) => {
  expect(served(model, keys)).toBe(name);
});

it('the providers with a key serve a model that only the event knows', () => {
  expect(served(undefined, ['OPENAI_API_KEY', 'XAI_API_KEY'])).toBe('openai xai');
  expect(served(undefined, []).split(' ')).toHaveLength(vendors.length);
});

it('a model that nobody is known for, or several are, is told', () => {
  expect(served('my-model', ['OPENAI_API_KEY'])).toContain('no AI provider is known for the model "my-model"');
  const twice = vendors.map((vendor) => ({ ...vendor, serves: () => true }));
  const env = { OPENAI_API_KEY: 'k', XAI_API_KEY: 'k' };
  expect(vendorsFor(document, ['ai'], 'm', { env, vendors: twice })).toMatchObject({
    problem: { message: 'openai and xai have the model "m", and a key each' },
  });
});

it('a config that names providers has those alone', () => {
  const named = withVendors(document, { OPENAI_API_KEY: 'k' }, vendors);
  expect([...(named.root.entries?.get('ai_providers')?.node.entries?.keys() ?? [])]).toContain('openai');
  expect(JSON.stringify(named.root.value)).toContain('"api_key":"${OPENAI_API_KEY}"');
  expect(withVendors({ ...named, vendors: undefined }, {}, vendors)).toEqual({ ...named, vendors: undefined });
});
