import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratch } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { freePort } from '../../support/free-port.js';

const TOKEN = 's3cret-for-prometheus';
const IS_MISSING = spawnSync('prometheus', ['--version']).error !== undefined;

it.skipIf(IS_MISSING)('a real Prometheus scrapes the daemon with a token, and has its numbers', async () => {
  const daemon = await startDaemon(
    `
pipelines:
  default:
    stages: [{ computo: ["$input", "/n"] }]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`,
    { server: `tokens: [${TOKEN}]` },
  );
  await postLines(`${daemon.url}/events`, '{"n":1}\n{"n":2}\n{"x":3}\n', { authorization: `Bearer ${TOKEN}` });

  const folder = scratch();
  const port = await freePort();
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
    scrape_configs: [
      {
        job_name: 'colloquium',
        authorization: { credentials: TOKEN },
        static_configs: [{ targets: [new URL(daemon.url).host] }],
      },
    ],
  };
  // JSON is YAML, too.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const ended = once(prometheus, 'close');
  try {
    await until(async () => (await ask(port, 'up')) === '1', 'it is scraped');
    const failed = 'colloquium_events_processed_total{pipeline="default",outcome="dead_lettered"}';
    await until(async () => (await ask(port, failed)) === '1', 'what failed is known');
  } finally {
    prometheus.kill('SIGKILL');
    await ended;
    expect(await daemon.end()).toBe(0);
  }
});

/** The value of a query's first series; undefined as long as there is none, or nobody who answers. */
async function ask(port: number, query: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
    const answer = (await response.json()) as { data?: { result: readonly { value: readonly [number, string] }[] } };
    return answer.data?.result[0]?.value[1];
  } catch {
    return undefined;
  }
}
