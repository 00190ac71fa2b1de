import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { post, postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { each } from '../../support/runs.js';

/** A pipeline that keeps events while one of them fails. */
const config = (stages: string): string => `
pipelines:
  default:
    stages: [${stages}]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`;
const TENTH = "{ computo: '10 / $input' }";

const linesOf = (cwd: string, file: string): readonly string[] =>
  existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8').split('\n').slice(0, -1) : [];

async function isProcessed(daemon: TestDaemon): Promise<void> {
  await until(async () => {
    const page = await (await fetch(`${daemon.url}/metrics`)).text();
    return /^colloquium_pipeline_backlog_events\{[^}]*\} 0$/m.test(page);
  }, 'all is processed');
}

describe('dead letters that are retried leave alone what the stages of their pipeline know', () => {
  each(1)([
    ['a batch', '{ batch: { size: 2 } }', '2\n1\n1\n5', ['[2,5]', '[10,10]']],
    ['the keys of dedupe', '{ dedupe: $input }', '5\n2\n1', ['2', '5', '10']],
  ])('by replay --to-outputs: %s', async (_, stage, more, expected) => {
    const first = await startDaemon(config(`${TENTH}, ${stage}`));
    const { cwd } = first;
    await postLines(`${first.url}/events`, '5\n0');
    await until(() => linesOf(cwd, 'dead.ndjson').length === 1, 'one has failed');
    expect(await first.end()).toBe(0);
    const drive = await runCli(['replay', '--dead-letters', '--to-outputs'], { cwd });
    expect(drive.stderr).toContain('1 in, 0 out, 1 dead-lettered');
    const second = await startDaemon(config(`${TENTH}, ${stage}`), { cwd });
    await postLines(`${second.url}/events`, more);
    await until(() => linesOf(cwd, 'out.ndjson').length === expected.length, 'all is out');
    expect(await second.end()).toBe(0);
    expect(linesOf(cwd, 'out.ndjson')).toEqual(expected);
  });

  each(1)([
    ['a batch', '{ batch: { size: 2 } }'],
    ['windows', '{ aggregate: { by: { k: $input }, values: { n: count } } }'],
    ['the keys of dedupe', '{ dedupe: $input }'],
  ])('by the button of a daemon, which refuses to: %s', async (_, stage) => {
    const daemon = await startDaemon(config(`${TENTH}, ${stage}`));
    const { cwd } = daemon;
    await postLines(`${daemon.url}/events`, '5\n0');
    await until(() => linesOf(cwd, 'dead.ndjson').length === 1, 'one has failed');
    await isProcessed(daemon);
    const open = await gauge(daemon);
    const answer = await fetch(`${daemon.url}/dead-letters/redrive`, { method: 'POST' });
    expect(await answer.json()).toMatchObject({
      input: 0,
      stopped: expect.stringContaining('pipeline default has stages that look across events') as unknown,
    });
    expect(await gauge(daemon)).toBe(open);
    expect(await daemon.end()).toBe(0);
    expect(linesOf(cwd, 'dead.ndjson')).toHaveLength(1);
  });
});

it('The button leaves a letter that it refuses to be driven, also beside others in one file', async () => {
  const names = ['a', 'b', 'c'];
  const pipeline = (name: string, stages: string): string =>
    `  ${name}: { stages: [${stages}], outputs: [{ file: ./${name}.ndjson }], dead_letter: ./dead-${name}.ndjson }\n`;
  const config = (script: string): string => {
    const computo = `{ computo: '${script}' }`;
    return `pipelines:\n${pipeline('a', `${computo}, { batch: { size: 2 } }`)}${pipeline('b', computo)}${pipeline('c', computo)}`;
  };
  const first = await startDaemon(config('10 / $input'));
  const { cwd } = first;
  for (const name of names) {
    await post(`${first.url}/events/${name}`, 0);
    await until(() => linesOf(cwd, `dead-${name}.ndjson`).length === 1, 'it has failed');
  }
  expect(await first.end()).toBe(0);
  const letters = names.flatMap((name) => linesOf(cwd, `dead-${name}.ndjson`));
  for (const name of names)
    writeFileSync(join(cwd, `dead-${name}.ndjson`), name === 'b' ? `${letters.join('\n')}\n` : '');

  const mended = await startDaemon(config('$input'), { cwd });
  const answer = await fetch(`${mended.url}/dead-letters/redrive`, { method: 'POST' });
  expect(await answer.json()).toMatchObject({
    stopped: expect.stringContaining('pipeline a has stages that look across events') as unknown,
  });
  expect(await mended.end()).toBe(0);
  expect(linesOf(cwd, 'a.ndjson')).toEqual([]);
  await runCli(['replay', '--dead-letters', '--to-outputs'], { cwd });
  expect(names.map((name) => linesOf(cwd, `${name}.ndjson`))).toEqual([['[0]'], ['0'], ['0']]);
});

/** What is kept, as the metrics say. */
async function gauge(daemon: TestDaemon): Promise<string> {
  const page = await (await fetch(`${daemon.url}/metrics`)).text();
  return page
    .split('\n')
    .filter((line) => line.startsWith('colloquium_stage_open'))
    .join('\n');
}

it('A dead-letter file whose last line somebody left without its end keeps its letters apart', async () => {
  const first = await startDaemon(config(TENTH));
  const { cwd } = first;
  await post(`${first.url}/events`, 0);
  await until(() => linesOf(cwd, 'dead.ndjson').length === 1, 'one has failed');
  await first.end();
  writeFileSync(join(cwd, 'dead.ndjson'), linesOf(cwd, 'dead.ndjson')[0] ?? '');
  const second = await startDaemon(config(TENTH), { cwd });
  await post(`${second.url}/events`, 0);
  await until(() => linesOf(cwd, 'dead.ndjson').length === 2, 'another has failed');
  await second.end();
  expect(linesOf(cwd, 'dead.ndjson').map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
    'error',
    'error',
  ]);
});

it('A replay of several pipelines tells their stages apart', async () => {
  const daemon = await startDaemon(`
pipelines:
  a: { stages: [{ aggregate: { by: { k: $input }, values: { n: count } } }], outputs: [{ file: ./a.ndjson }] }
  b: { stages: [{ batch: { size: 2 } }], outputs: [{ file: ./b.ndjson }] }
`);
  for (const pipeline of ['a', 'b']) await postLines(`${daemon.url}/events/${pipeline}`, '1\n2\n1\n1');
  expect(await daemon.end()).toBe(0);
  const { stderr } = await runCli(['replay', '--since', '0', '--stats', 'json'], { cwd: daemon.cwd });
  const { stages } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as { stages: object[] };
  expect(stages).toMatchObject([
    { stage: 'a.aggregate-1', in: 4, made: 2, merged: 4, out: 2 },
    { stage: 'b.batch-1', in: 4, made: 2, merged: 4, out: 2 },
  ]);
});
