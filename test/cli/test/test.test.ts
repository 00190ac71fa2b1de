import { existsSync, readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { guide } from '../../support/guides.js';
import { perTest } from '../../support/per-test.js';
import { runCli, root, startCli } from '../../support/cli.js';
import { aiStage, configOf, providerOf } from '../ai-stage.js';

const on = perTest(aiStage);

it('test runs cases of the config and beside it, sends nothing, and tells what differs', async () => {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const provider = `{ api_key: "\${NOT_SET}", base_url: "${url}", models: [gpt-4o-mini] }`;
  const tests = `
tests:
  - name: all that a case can say
    pipeline: default
    now: 2026-02-03T04:05:06Z
    input: [{ q: one }, { q: two }, { q: three }]
    ai:
      answers:
        - { when: /q == "two", text: '2', tokens: { input: 9, output: 1 } }
        - { json: { n: 1 } }
    faults:
      - { is: 429 rate_limit_exceeded, row: 1, stage: ai-1, provider: openai, times: 2, retry_after: 9s }
      - { is: refusal, row: 3 }
      - { is: 500, rate: 0, seed: 3 }
    expect: ['/a/response == "{\\"n\\":1}" and $inputs/1/timestamp == 1770091506000', '/a/response == "2"']
    dead_letters: [{ line: 3 }]
    calls: 3
    attempts: 5
    cost: { at_most: 0.01 }
    breakers: { openai: closed }
  - name: no answer is known
    input: [{ q: one }]
    ai: { cassette: none }
  - { name: a file, pipeline: plain, input: ./in.csv, output: [{ id: '1' }], outputs: { out: [{ id: '1' }] } }
  - { name: stops, input: [{ q: one }], ai: { answers: [{ error: 401 }] }, stopped: provider-refused }
  - { name: asks, input: [{ q: one }], ai: live }
`;
  const plain = "  plain:\n    stages: [{ computo: '{/id}' }]\n    outputs: [{ file: ./out.ndjson }]\n";
  on.write('colloquium.yaml', `${configOf({ openai: provider })}${plain}${tests}`);
  on.write('in.csv', 'id,x\n1,2\n');
  on.write(
    'more.test.yaml',
    'tests:\n  - { name: "beside & <it>", pipeline: plain, input: [{ id: 2 }], output: [{ id: 3 }] }\n',
  );

  const pretty = await runCli(['test'], { cwd: on.cwd });
  expect(pretty.exit, pretty.stdout + pretty.stderr).toBe(3);
  expect(pretty.stdout).toContain('✓ all that a case can say\n');
  expect(pretty.stdout).toMatch(
    /✗ no answer is known \(colloquium\.yaml:\d+\)\n {4}row 1, stage ai-1: the cassette has no answer/,
  );
  expect(pretty.stdout).toContain(
    '✗ beside & <it> (more.test.yaml:2)\n    output: one place differs\n      /0/id: 3 → 2\n',
  );
  expect(pretty.stdout).toContain('- asks\n    it asks providers: --record sends\n');

  expect(pretty.stdout).toContain('\n3 passed, 2 failed, 1 skipped\n');

  const tap = await runCli(['test', '--format', 'tap', '--filter', 'FILE', '-v'], { cwd: on.cwd });
  expect(tap).toMatchObject({ exit: 0, stdout: 'TAP version 14\n1..1\nok 1 - a file\n' });
  const junit = await runCli(['test', 'more.test.yaml', '--format', 'junit'], { cwd: on.cwd });
  expect(junit.exit).toBe(3);
  expect(junit.stdout.replaceAll(/time="[^"]*"/g, 'time=""')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="more.test.yaml" tests="1" failures="1" skipped="0" errors="0" time="">
    <testcase classname="more.test.yaml" name="beside &amp; &lt;it&gt;" time="">
      <failure message="output: one place differs">output: one place differs&#10;  /0/id: 3 → 2</failure>
    </testcase>
  </testsuite>
</testsuites>
`);

  await new Promise((resolve) => server.close(resolve));
  expect(connections).toBe(0);
  expect(existsSync(join(on.cwd, 'out.ndjson'))).toBe(false);
  expect(existsSync(join(on.cwd, 'state'))).toBe(false);
  expect(existsSync(join(on.cwd, 'cassettes'))).toBe(false);
});

it('test --record asks once, within --max-cost; --update writes golden files; what is wrong is told', async () => {
  const fake = await on.fake();
  on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
  on.write(
    'colloquium.test.yaml',
    'tests:\n  - { name: a, input: [{ q: one }, { q: two }], output: ./golden.ndjson }\n',
  );
  const recorded = await runCli(['test', '--record', '--max-cost', '1', '--update'], { cwd: on.cwd });
  expect(recorded, recorded.stderr).toMatchObject({ exit: 0, stdout: '✓ a (golden file written)\n1 passed\n' });
  expect(fake.records).toHaveLength(2);
  expect(on.read('golden.ndjson').split('\n')).toHaveLength(3);
  // The ledger has what recording cost.
  const cost = await runCli(['cost', '--format', 'json'], { cwd: on.cwd });
  expect(cost.stdout).toContain('"request_counts":{"openai":2}');
  expect(await runCli(['test'], { cwd: on.cwd })).toMatchObject({ exit: 0, stdout: '✓ a\n1 passed\n' });
  const known = await runCli(['test', '--record', 'new'], { cwd: on.cwd });
  expect(known.exit, known.stdout).toBe(0);
  expect(fake.records).toHaveLength(2);

  on.write('bad.test.yaml', 'tests:\n  - { name: a, inputs: [] }\n');
  const bad = await runCli(['test', 'bad.test.yaml'], { cwd: on.cwd });
  expect(bad.exit).toBe(78);
  expect(bad.stderr).toContain('bad.test.yaml:2:16 error unknown-key: unknown key "inputs" in tests[0]');
  expect(bad.stderr).toContain('did you mean "input"?');
  for (const args of [
    ['--filter', 'nothing'],
    ['--max-cost', '1'],
    ['--watch', '--update'],
  ]) {
    expect((await runCli(['test', 'colloquium.test.yaml', ...args], { cwd: on.cwd })).exit, args.join(' ')).toBe(2);
  }
  const schema = await runCli(['schema', '--tests']);
  expect(JSON.parse(schema.stdout)).toMatchObject({
    title: 'Colloquium tests',
    properties: { tests: { type: 'array' } },
  });
});

it('test --record keeps the cassettes of cases that have ended, also at a second signal', async () => {
  let second = (): void => undefined;
  const fake = await on.fake({
    faults: (n) => (n === 1 ? { kind: 'hang', billed: true } : undefined),
    onHang: () => second(),
  });
  on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
  on.write(
    'colloquium.test.yaml',
    'tests:\n  - { name: a, input: [{ q: one }] }\n  - { name: b, input: [{ q: two }] }\n',
  );
  const child = startCli(['test', '--record', 'all'], { cwd: on.cwd });
  second = () => {
    child.kill('SIGINT');
    child.kill('SIGTERM');
  };
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect([130, 143]).toContain(code);
  expect(on.read('cassettes/a.jsonl').trimEnd().split('\n')).toHaveLength(1);
});

it('test --watch runs the cases again when a file changes, also after a mistake', async () => {
  on.write('colloquium.yaml', "pipelines: { default: { stages: [{ computo: './a.computo' }] } }\n");
  on.write('a.computo', '{n: /n}\n');
  on.write('colloquium.test.yaml', 'tests:\n  - { name: a, input: [{ n: 1 }], output: [{ n: 1 }] }\n');
  const child = startCli(['test', '--watch'], { cwd: on.cwd });
  let [out, told] = ['', ''];
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  let wake = (): void => undefined;
  child.stderr?.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    wake();
  });
  const waited = async (count: number): Promise<void> => {
    while (told.split('waiting for a change').length <= count) await new Promise<void>((resolve) => (wake = resolve));
  };
  await waited(1);
  expect(out).toBe('✓ a\n1 passed\n');
  on.write('a.computo', '{n: 2}\n');
  await waited(2);
  on.write('a.computo', '{n: \n');
  await waited(3);
  on.write('a.computo', '{n: /n}\n');
  await waited(4);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(out.match(/^[✓✗] a/gm)).toEqual(['✓ a', '✗ a', '✓ a']);
  expect(told).toContain('syntax-error');
});

it('the cascade of the guide to AI stages does what its test cases say', async () => {
  const [, config = ''] = /cat > cascade\.yaml <<'END'\n([^]*?)^END$/m.exec(guide('ai')) ?? [];
  on.write('cascade.yaml', config);
  const cases = join(root, 'fixtures/test/cascade.test.yaml');
  const { exit, stdout, stderr } = await runCli(['test', '-c', 'cascade.yaml', cases], { cwd: on.cwd });
  expect(exit, stdout + stderr).toBe(0);
  expect(stdout.split('\n')).toContain(`${readFileSync(cases, 'utf8').split('- name:').length - 1} passed`);
});
