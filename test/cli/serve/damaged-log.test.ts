import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { startDaemon, postLines, until } from '../../support/daemon.js';

/** Stays at its first event, so that what is behind it is stored and not processed. */
const STOPS = `
pipelines:
  default:
    stages: [{ computo: [$input, /n] }]
    on_error: stop
    outputs: [{ file: ./out.ndjson }]
`;
const GOES_ON = STOPS.replace('[$input, /n]', '[$input]');

interface Health {
  readonly status: string;
  readonly components: readonly { readonly name: string; readonly status: string; readonly error?: string }[];
}

it('A daemon that meets a damaged place of its log says so in its health and its metrics until the file is gone', async () => {
  const first = await startDaemon(STOPS);
  const { cwd } = first;
  await postLines(`${first.url}/events`, '{"m":1}\n{"m":2}\n{"m":3}\n');
  await first.says(/stop/);
  await first.end();
  const data = join(cwd, 'data');
  const segment = join(data, readdirSync(data).find((file) => file.endsWith('.ndjson')) ?? '');
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"m":2', '"m":3'));

  const daemon = await startDaemon(GOES_ON, { cwd });
  await until(() => readFileSync(join(cwd, 'out.ndjson'), 'utf8').includes('3'), 'what is whole is out');
  const storage = async (): Promise<Health['components'][number] | undefined> => {
    const { components } = (await (await fetch(`${daemon.url}/health`)).json()) as Health;
    return components.find(({ name }) => name === 'storage');
  };
  const { place } = await daemon.says('the log is damaged');
  expect(await storage()).toMatchObject({
    status: 'degraded',
    error: `the log is damaged in one place: ${String(place)}`,
  });
  expect(await (await fetch(`${daemon.url}/metrics`)).text()).toContain('colloquium_log_damaged_places_total 1\n');
  rmSync(segment);
  expect(await storage()).toMatchObject({ status: 'healthy' });
  await daemon.end();
});

it('A daemon looks at its older segments when it starts, and tells what log verify finds', async () => {
  const config = `storage: { encryption: { key: "${'0'.repeat(64)}" }, max_file_size: 4096 }
pipelines: { default: { outputs: [{ file: ./out.ndjson }] } }
`;
  const first = await startDaemon(config);
  const { cwd } = first;
  const rows = Array.from({ length: 40 }, (_, n) => JSON.stringify({ n, text: 'x'.repeat(200) }));
  for (const row of rows) await postLines(`${first.url}/events`, row);
  const lines = (): number => readFileSync(join(cwd, 'out.ndjson'), 'utf8').split('\n').length - 1;
  await until(() => lines() === rows.length, 'all are out');
  await first.end();
  const data = join(cwd, 'data');
  const segments = readdirSync(data).filter((file) => file.endsWith('.enc'));
  expect(segments.length).toBeGreaterThan(2);
  const second = join(data, segments[1] ?? '');
  const whole = readFileSync(second);
  const frame = whole.indexOf('CQFRAME') - 1;
  const next = whole.indexOf('CQFRAME', frame + 2) - 1;
  writeFileSync(second, Buffer.concat([whole.subarray(0, frame), whole.subarray(next)]));

  // All of it was processed before: nobody reads that segment any more.
  const daemon = await startDaemon(config, { cwd });
  const { place } = await daemon.says('the log is damaged');
  expect(String(place)).toContain(`${second}: byte 0: `);
  expect(String(place)).toContain(`(byte ${frame} of the file)`);
  expect(await (await fetch(`${daemon.url}/metrics`)).text()).toContain('colloquium_log_damaged_places_total 1\n');
  await daemon.end();
  const verified = await runCli(['log', 'verify'], { cwd });
  expect([verified.exit, verified.stdout]).toEqual([74, expect.stringContaining(String(place).slice(second.length))]);
});
