import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { perTest } from '../support/per-test.js';
import { aiStage, configOf, providerOf, rowsOf } from './ai-stage.js';

const on = perTest(aiStage);

const REQUEST =
  '["obj", "model", "m", "messages", [["obj", "role", "user", "content", ["$input", "/q"]]], "max_tokens", 60]';
const stage = (schema: string): string =>
  `{ into: /a, name: "${schema.length}", request: ${REQUEST}, schema: ${schema} }`;

const GOOD = [
  '{ type: object, required: [ok], properties: { ok: { type: boolean } } }',
  '{ $schema: "http://json-schema.org/draft-07/schema#", definitions: { o: { type: object } }, $ref: "#/definitions/o" }',
  '{ $schema: "https://json-schema.org/draft/2019-09/schema", properties: { tags: { items: [{ format: email }] } } }',
  '{ $schema: "https://json-schema.org/draft/2020-12/schema", $id: "https://x.org/a", properties: { at: { format: date-time } } }',
  '"./schemas/${NAME:-answer}.json"',
];

describe('the schema of an AI stage', () => {
  it('is found good by check, and kept by a run, in whatever draft it is written', async () => {
    const fake = await on.fake({ reply: () => '{"ok":true}' });
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { stages: GOOD.map(stage) }));
    on.write(
      'schemas/answer.json',
      '{"$schema":"https://json-schema.org/draft/2020-12/schema#","type":"object","const":{"ok":true}}',
    );
    on.write('in.ndjson', '{"q":"a"}\n');
    const checked = await runCli(['check'], { cwd: on.cwd });
    expect(checked.stderr).toContain('1 file checked, no mistakes');
    expect(checked.exit).toBe(0);
    const run = await on.run(['in.ndjson']);
    expect(run.stdout, run.stderr).toContain('"response":{"ok":true}');
    expect(run.exit).toBe(0);
  });

  it('may be a list of labels in another file, at a server that only knows JSON, and is paid for once', async () => {
    const fake = await on.fake({ takes: ['json_object'], reply: () => '<think>[hm]</think>{"value":"good"}' });
    const label = (mode: string): string =>
      configOf(
        { openai: providerOf(fake) },
        { stages: [`{ into: /a, request: ${REQUEST}, schema: ./schemas/answer.json, schema_mode: ${mode} }`] },
      );
    on.write('schemas/answer.json', '{"$ref":"labels.json#/label"}');
    on.write('schemas/labels.json', '{"label":{"enum":["good","bad"]}}');
    on.write('in.ndjson', rowsOf(3));
    on.write('colloquium.yaml', label('auto'));
    const first = await on.run(['in.ndjson', '--stats', 'json']);
    expect(first.stdout.match(/"response":"good".*"attempts":1/g), first.stderr).toHaveLength(3);
    expect(first.stderr).toContain('This response_format type is unavailable now; asked again without strict');
    const sent = fake.records.length;
    on.write('colloquium.yaml', label('prompt'));
    const second = await on.run(['in.ndjson']);
    expect(second.stdout.match(/"response":"good".*"cached":true/g), second.stderr).toHaveLength(3);
    expect([first.exit, second.exit, fake.records.length]).toEqual([0, 0, sent]);
  });

  it.each([
    ['in the config', stage('{ type: object, properties: { ok: { type: bolean } } }'), 'colloquium.yaml:'],
    ['in a file that its file refers to', stage('./schemas/answer.json'), 'schemas/part.json:1:13 '],
  ])(
    'that is none, %s, is told at its place by check, run, dry run and serve, and nobody is asked',
    async (_, bad, place) => {
      const fake = await on.fake();
      on.write('colloquium.yaml', `server: { port: 0 }\n${configOf({ openai: providerOf(fake) }, { stages: [bad] })}`);
      on.write('schemas/answer.json', '{"$ref":"part.json"}');
      on.write('schemas/part.json', '{"required":"ok"}');
      on.write('in.ndjson', '{"q":"a"}\n');
      for (const args of [['check'], ['in.ndjson'], ['--dry-run', 'in.ndjson'], ['serve']]) {
        const { stderr, stdout, exit } = await runCli(args, { cwd: on.cwd });
        expect(stderr, args.join(' ')).toContain(place);
        expect(stderr).toContain('error invalid-schema: not a JSON Schema: ');
        expect(stdout).toBe('');
        expect(exit, stderr).toBe(78);
      }
      expect(fake.records).toEqual([]);
    },
  );
});
