import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { backlogOf, outputsOf } from './across.js';
import { answerAfter, events, FOR_EVER, kindsAndNumbers, textOf, UNLIMITED } from './hanging.js';

it('a daemon with stages that look across events, killed and started again, writes what one does that nobody disturbs', async () => {
  const expected = await outputsOf([]);
  expect(expected.every((text) => text.length > 100)).toBe(true);
  expect(await outputsOf([1, 2, 7])).toEqual(expected);
});

it('an event that ends its worker takes nothing of what the stages know with it', async () => {
  const config = `processing: { event_timeout: 1s }
${UNLIMITED}
pipelines:
  default:
    stages:
      - fold: number
      - dedupe: /n
      - computo: '[/n, /number]'
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`.replace(
    '- dedupe: /n\n',
    `- dedupe: /n\n      - filter: ${answerAfter(FOR_EVER).replace('["$input","/n"],["$input","/n"]', 'true,true')}\n`,
  );
  const daemon = await startDaemon(config);
  const bad = [3, 40];
  await postLines(`${daemon.url}/events`, events(60, bad));
  await postLines(`${daemon.url}/events`, events(62, []));
  const path = join(daemon.cwd, 'out.ndjson');
  await until(() => existsSync(path) && readFileSync(path, 'utf8').includes('[61,'), 'all others are out');
  expect(await daemon.end()).toBe(0);
  expect(kindsAndNumbers(daemon.cwd)).toEqual(bad.map((n) => ['limit_exceeded', n]));
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const pairs = lines.map((line) => JSON.parse(line) as [number, number]);
  // The others are numbered as if these had never come, and when they come again they are no duplicates.
  const first = Array.from({ length: 60 }, (_, n) => n).filter((n) => !bad.includes(n));
  expect(pairs).toEqual([
    ...first.map((n, at) => [n, at + 1]),
    ...[...bad, 60, 61].map((n) => [n, first.length + n + 1]),
  ]);
});

it('a batch that never comes to an end fails with its events, and with no others', async () => {
  const inFirst = JSON.stringify(FOR_EVER).replaceAll('"$input","/', '"$input","/0/');
  const daemon = await startDaemon(`processing: { event_timeout: 1s }
${UNLIMITED}
pipelines:
  default:
    stages: [{ batch: { size: 2 } }, { computo: ["if", ${inFirst}, ["count", ["$input"]], 0] }]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`);
  await postLines(`${daemon.url}/events`, events(7, [2]));
  await postLines(`${daemon.url}/events`, events(1, []));
  const out = (): string => textOf(daemon.cwd, 'out.ndjson');
  await until(() => out().split('\n').length === 4, 'all other batches are out');
  expect(await daemon.end()).toBe(0);
  expect(out()).toBe('2\n2\n2\n');
  expect(kindsAndNumbers(daemon.cwd)).toEqual([2, 3].map((n) => ['limit_exceeded', n]));
});

it('a group that never comes to an end when a tick closes its window fails, and the others go on', async () => {
  const daemon = await startDaemon(`processing: { event_timeout: 1s }
${UNLIMITED}
pipelines:
  default:
    stages:
      - aggregate: { by: { n: /n }, every: 1s, values: { items: { last: /items }, of: count } }
      - computo: ${answerAfter(FOR_EVER)}
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`);
  await postLines(`${daemon.url}/events`, events(3, [1]));
  const out = (): string => textOf(daemon.cwd, 'out.ndjson');
  await until(() => out().split('\n').length === 3, 'the other groups are out');
  await until(() => kindsAndNumbers(daemon.cwd).length === 1, 'the group has failed');
  const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
  expect(metrics).toContain('colloquium_events_read_total{pipeline="default"} 3\n');
  expect(metrics).toContain('colloquium_stage_open_events{pipeline="default",stage="aggregate-1"} 0\n');
  expect(await daemon.end()).toBe(0);
  expect(out()).toBe('0\n2\n');
  expect(kindsAndNumbers(daemon.cwd)).toEqual([['limit_exceeded', 1]]);
});

it('a batch that is open is not lost when its stage is changed: the pipeline waits until it is put back', async () => {
  const config = (size: number, before = ''): string =>
    `pipelines: { default: { stages: [${before}{ batch: { size: ${size} } }], outputs: [{ file: ./out.ndjson }] } }`;
  const first = await startDaemon(config(3));
  await postLines(`${first.url}/events`, '1\n2');
  await until(async () => (await backlogOf(first)) === 0, 'both are in the batch');
  expect(await first.end()).toBe(0);

  const { cwd } = first;
  const other = await startDaemon(config(4), { cwd });
  const said = await other.says(/failed/);
  expect(said.error).toContain('still keep events that are in no output yet');
  expect(said).toMatchObject({ hint: expect.stringContaining('put the former stages back') as unknown });
  await other.end();
  const path = join(cwd, 'out.ndjson');
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe('');

  // A stage that keeps nothing may come and go.
  const back = await startDaemon(config(3, '{ filter: "$input > 0" }, '), { cwd });
  await postLines(`${back.url}/events`, '0\n3');
  await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '', 'the batch is out');
  expect(readFileSync(path, 'utf8')).toBe('[1,2,3]\n');
  expect(await back.end()).toBe(0);
});

it('a window and a batch close when their time has come, though no event comes, and a replay closes them at the same place', async () => {
  const config = `
pipelines:
  counted:
    stages: [{ aggregate: { by: { k: /k }, every: 1s, values: { n: count } } }]
    outputs: [{ file: ./counted.ndjson, envelope: true }]
  batched:
    stages: [{ batch: { within: 1s } }]
    outputs: [{ file: ./batched.ndjson, envelope: true }]
  plain:
    outputs: [{ file: ./plain.ndjson, envelope: true }]
`;
  const pipelines = ['counted', 'batched'];
  const linesOf = (cwd: string, pipeline: string): readonly string[] => {
    const path = join(cwd, `${pipeline}.ndjson`);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  };
  const first = await startDaemon(config);
  const { cwd } = first;
  for (const pipeline of pipelines) await postLines(`${first.url}/events/${pipeline}`, '{"k":1}\n{"k":1}');
  for (const pipeline of pipelines) await until(() => linesOf(cwd, pipeline).length === 1, `${pipeline} is closed`);
  // What is open when a daemon ends is closed by the next one.
  for (const pipeline of pipelines) await postLines(`${first.url}/events/${pipeline}`, '{"k":2}');
  await until(async () => (await backlogOf(first)) === 0, 'all are in a window or batch');
  expect(await first.end()).toBe(0);

  const second = await startDaemon(config, { cwd });
  for (const pipeline of pipelines) await until(() => linesOf(cwd, pipeline).length === 2, `${pipeline} is closed`);
  await postLines(`${second.url}/events/plain`, '3');
  await until(() => linesOf(cwd, 'plain').length === 1, 'the others go on');
  // Ticks are not shown as events, nor counted.
  const stored = await (await fetch(`${second.url}/events`)).text();
  expect(
    stored
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { data: unknown }).data),
  ).toEqual([...pipelines.flatMap(() => [{ k: 1 }, { k: 1 }]), ...pipelines.map(() => ({ k: 2 })), 3]);
  expect(await second.end()).toBe(0);

  const replayed = await runCli(['replay', '--since', '0', '--envelope', '--stats', 'json'], { cwd });
  const again = replayed.stdout.split('\n').slice(0, -1);
  for (const pipeline of [...pipelines, 'plain'])
    expect(again.filter((line) => line.includes(`"pipeline":"${pipeline}"`))).toEqual(linesOf(cwd, pipeline));
  expect(JSON.parse(replayed.stderr)).toMatchObject({ input: 7, made: 4, merged: 6, output: 5, open: 0 });
  const raw = await runCli(['replay', '--since', '0', '--raw'], { cwd });
  expect(raw.stdout.split('\n')).toHaveLength(8);
});

it('a stage that has to forget is told in the log, with what to raise', async () => {
  const config =
    'pipelines: { default: { stages: [{ dedupe: $input, max_keys: 1 }], outputs: [{ file: ./out.ndjson }] } }';
  const daemon = await startDaemon(config);
  await postLines(`${daemon.url}/events`, '1\n2\n3\n');
  const line = await daemon.says('had to forget');
  expect(line).toMatchObject({ level: 'warn', pipeline: 'default', stage: 'dedupe-1', raise: 'max_keys' });
  expect(await daemon.end()).toBe(0);
});
