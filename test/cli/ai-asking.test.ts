import { expect, it } from 'vitest';
import { perTest } from '../support/per-test.js';
import { aiStage, configOf, providerOf } from './ai-stage.js';

const on = perTest(aiStage);

const TOOL = '{ name: weather, parameters: { type: object, properties: { city: { type: string } } } }';

it('asks by templates: a prompt, a file, a plain map with parts; and gives tool calls, thoughts and probabilities', async () => {
  const fake = await on.fake({
    calls: ({ texts }) => (texts[0] === 'tools' ? [{ id: 'c1', name: 'weather', arguments: { city: 'Köln' } }] : []),
    thoughts: 'hm',
  });
  const stages = [
    "{ model: gpt-4o-mini, system: 'For ${/user}', prompt: 'Of ${/text}, ${/no:-nothing} $5', into: /a, extra: { logprobs: true } }",
    '{ model: gpt-5.1, prompt_file: ./prompts/b.md, reasoning_effort: low, into: /b, stop: END }',
    `{ request: { model: '\${/model}', messages: [{ role: system, content: tools }, { role: user, content: '\${/user}' }] }, tools: [${TOOL}], tool_choice: auto, temperature: 0.5, top_p: 0.9, seed: 7, into: /c }`,
    "{ model: gpt-4o-mini, request: { prompt: [{ type: text, text: '${/a/response}?' }, { type: image, file: '${/picture}' }] }, into: /d }",
  ];
  on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages }));
  on.write('prompts/b.md', 'All: ${/list}\n');
  on.write('pic.txt', 'no picture, but GIF8 as it were');
  const row = { user: { name: 'Ada' }, text: 'x', list: [1, 'y'], model: 'gpt-4o', picture: 'pic.txt' };
  const rows = [row, { ...row, text: undefined }, { ...row, picture: '../pic.txt' }];
  on.write('in.ndjson', rows.map((one) => `${JSON.stringify(one)}\n`).join(''));

  const { exit, stdout, stderr } = await on.run(['in.ndjson']);
  expect(exit, stderr).toBe(3);
  const [only, ...others] = stdout.trim().split('\n');
  expect(others).toEqual([]);
  expect(JSON.parse(only ?? '')).toMatchObject({
    a: {
      response: 'OF X, NOTHING $5',
      reasoning: 'hm',
      logprobs: { content: [{ token: 'a' }] },
      finish_reason: 'stop',
    },
    b: { response: 'ALL: [1,"Y"]\n' },
    c: {
      response: null,
      finish_reason: 'tool_calls',
      tool_calls: [{ id: 'c1', name: 'weather', arguments: { city: 'Köln' } }],
    },
    d: { response: 'OF X, NOTHING $5?' },
  });
  expect(stderr).toContain('the template found nothing at \\"/text\\". Write what stands for it: ${/text:-text}.');
  expect(stderr).toContain('../pic.txt is not below');

  const bodies = fake.records.map(({ call }) => call.body);
  expect(bodies[0]).toMatchObject({ messages: [{ role: 'system', content: 'For {"name":"Ada"}' }, {}] });
  expect(bodies).toContainEqual(expect.objectContaining({ reasoning_effort: 'low', stop: ['END'] }));
  expect(bodies).toContainEqual(
    expect.objectContaining({ temperature: 0.5, top_p: 0.9, seed: 7, tool_choice: 'auto' }),
  );
  const picture = Buffer.from('no picture, but GIF8 as it were').toString('base64');
  expect(JSON.stringify(bodies)).toContain(`data:image/jpeg;base64,${picture}`);
});

it("answers a model's calls of tools in a later stage, whoever serves it", async () => {
  const asked = { id: 'c1', name: 'weather', arguments: { city: 'Köln' } };
  const first = await on.fake({ calls: () => [asked] });
  const second = await on.fake({ wire: 'anthropic' });
  const messages =
    '[{ role: user, content: "${/q}" }, { role: assistant, tool_calls: "${/a/tool_calls}" }, ' +
    '{ role: tool, tool_call_id: "${/a/tool_calls/0/id}", content: { celsius: 8 } }]';
  const stages = [
    `{ model: gpt-4o-mini, prompt: '\${/q}', tools: [${TOOL}], into: /a }`,
    `{ model: claude-3-haiku-20240307, providers: [claude], request: { messages: ${messages} }, tools: [${TOOL}], max_tokens: 9, into: /b }`,
  ];
  on.write(
    'colloquium.yaml',
    configOf({ openai: providerOf(first), claude: providerOf(second, ', kind: anthropic') }, { stages }),
  );
  on.write('in.ndjson', '{"q":"warm?"}\n');
  const { exit, stdout, stderr } = await on.run(['in.ndjson']);
  expect(exit, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ a: { tool_calls: [asked] }, b: { provider: 'claude' } });
  const sent = JSON.stringify(second.records[0]?.call.body);
  for (const part of ['"tool_use"', 'Köln', '"tool_result"', '{\\"celsius\\":8}']) expect(sent).toContain(part);
});

it('asks by flags alone, any server that is named', async () => {
  const fake = await on.fake({ wire: 'openai-compatible', reply: () => '{"label":"good"}' });
  const question = ['--model', 'llama3', '--prompt', 'Sentiment of: ${/text}', '--system', 'Be brief.'];
  const shape = ['--schema', '{"type":"object","required":["label"]}', '--into', '/label', '--max-tokens', '50'];
  const server = ['--base-url', fake.url, '--api-key-env', 'MY_KEY'];
  const env = { MY_KEY: fake.apiKey, XDG_STATE_HOME: on.cwd };
  on.write('in.ndjson', '{"text":"nice"}\n');
  const { exit, stderr } = await on.run([...question, ...shape, ...server, '-o', 'out.ndjson', 'in.ndjson'], { env });
  expect(exit, stderr).toBe(0);
  expect(JSON.parse(on.read('out.ndjson'))).toMatchObject({ text: 'nice', label: { response: { label: 'good' } } });
  expect(fake.records[0]?.call).toMatchObject({
    model: 'llama3',
    texts: ['Be brief.', 'Sentiment of: nice'],
    outputTokensMax: 50,
  });
});

it('goes by the model and the keys in the environment, and needs no key for a look', async () => {
  const env = { XDG_STATE_HOME: on.cwd, OPENAI_API_KEY: '', OPENROUTER_API_KEY: 'k' };
  const asking = (model: string, ...more: string[]) =>
    on.run(['--model', model, '--prompt', '${/q}', ...more], { input: '{"q":1}\n', env });
  const look = await asking('gpt-4o-mini', '--max-cost', '5', '--dry-run');
  expect(look.exit, look.stderr).toBe(0);
  expect(look.stdout + look.stderr).toMatch(/ai-1 +1 /);
  const [keyless, unknown, noSchema, noModel] = await Promise.all([
    asking('gpt-4o-mini'),
    asking('nobodys-model'),
    asking('claude-3-haiku', '--schema', '{"type":7}'),
    on.run(['--schema', '{}', '-e', '/q'], { env }),
  ]);
  expect(keyless.exit, keyless.stderr).toBe(78);
  expect(keyless.stderr).toContain('the AI provider openai needs a key');
  expect(keyless.stderr).toContain('set OPENAI_API_KEY');
  expect([unknown.exit, noSchema.exit, noModel.exit]).toEqual([2, 2, 2]);
  expect(unknown.stderr).toContain('--model: no AI provider is known for the model "nobodys-model"');
  expect(noSchema.stderr).toContain(
    '--schema: not a JSON Schema: must be one of array, boolean, integer, null, number, object, string, at /type',
  );
  expect(noModel.stderr).toContain('--schema needs --prompt');
});

it('stops before the first row where a budget has to be kept and no price is known', async () => {
  const fake = await on.fake({ wire: 'openai-compatible' });
  const provider = `{ api_key: "${fake.apiKey}", base_url: "${fake.url}" }`;
  const byConfig = configOf({ own: provider }, { more: 'cost_management: { daily_budget: 5 }\n' });
  on.write('budget.yaml', byConfig);
  on.write('none.yaml', configOf({ own: provider }));
  on.write('row.yaml', byConfig.replace('"gpt-4o-mini"', '["$input", "/model"]'));
  const env = { XDG_STATE_HOME: on.cwd, MY_KEY: fake.apiKey };
  const flags = ['--model', 'llama3', '--prompt', '${/q}', '--base-url', fake.url, '--api-key-env', 'MY_KEY'];
  const input = '{"q":"a","model":"llama3"}\n';
  const [byFlags, budget, capped, byRow] = await Promise.all([
    on.run([...flags, '--max-cost', '5'], { input, env }),
    on.run(['-c', 'budget.yaml', '--dry-run'], { input }),
    on.run(['-c', 'none.yaml', '--max-cost', '1'], { input }),
    on.run(['-c', 'row.yaml'], { input }),
  ]);
  expect([byFlags.exit, budget.exit, capped.exit, byRow.exit], byRow.stderr).toEqual([78, 78, 78, 3]);
  const said = (model: string, name: string): string =>
    `unpriced-model: no price is known for model "${model}" of provider "${name}"`;
  expect(byFlags.stderr).toContain(
    'colloquium: --base-url: no price is known for model "llama3" of this server, and there is a budget to keep\n',
  );
  expect(byFlags.stderr).toContain('where the server costs nothing, leave out --max-cost;');
  expect(budget.stderr).toContain(said('gpt-4o-mini', 'own'));
  expect(capped.stderr).toContain(`${said('gpt-4o-mini', 'own')}, and there is a budget to keep`);
  expect(capped.stderr).toContain('hint: set cost_per_token for it under ai_providers.own');
  expect(fake.records).toEqual([]);

  // The line that the hint gives is a config that does.
  const line = / in colloquium\.yaml: (ai_providers: .*)\n/.exec(byFlags.stderr)?.[1] ?? '';
  on.write('colloquium.yaml', `${line}\n`);
  const priced = await on.run([...flags.slice(0, 4), '--max-cost', '5'], { input, env });
  expect(priced.exit, priced.stderr).toBe(0);
  expect(fake.records).toHaveLength(1);
});
