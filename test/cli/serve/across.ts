import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { scratch } from '../../support/cli.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';

/** Each pipeline has an output, and writes one line for every event, or for every hundred. */
const CONFIG = `
storage: { max_file_size: 64KB }
pipelines:
  deduped:
    stages: [{ explode: /ids }, { dedupe: $input, within: 500 events }]
    outputs: [{ file: ./deduped.ndjson }]
  folded:
    stages: [{ fold: { by: /k, start: 0, step: '[$inputs/2 + 1, {/k, /n, nth: $inputs/2 + 1}]' } }]
    outputs: [{ file: ./folded.ndjson }]
  batched:
    stages: [{ batch: { size: 7, by: /k } }, { computo: 'map($input, x => x/n)' }]
    outputs: [{ file: ./batched.ndjson }]
  counted:
    stages:
      - aggregate:
          by: { k: /k }
          every: 10h # so long that no tick closes them, however slow it all is
          time: /t
          late: 1h
          values: { n: count, sum: { sum: /n }, half: { quantile: [/n, 0.5] } }
    outputs: [{ file: ./counted.ndjson }]
`;

const PIPELINES = ['deduped', 'folded', 'batched', 'counted'];
const POSTS = 12;
const PER_POST = 100;

function eventsOf(post: number): string {
  return Array.from({ length: PER_POST }, (_, at) => {
    const n = post * PER_POST + at;
    return JSON.stringify({
      ids: [n % 150, (n * 7) % 150],
      k: 'abc'[n % 3],
      n,
      t: 1_700_000_000_000 + n * 360_000,
    });
  }).join('\n');
}

async function send(daemon: TestDaemon, post: number): Promise<void> {
  for (const pipeline of PIPELINES) {
    const response = await postLines(`${daemon.url}/events/${pipeline}`, eventsOf(post));
    expect(response.status).toBe(202);
  }
}

function textOf(cwd: string, pipeline: string): string {
  const path = join(cwd, `${pipeline}.ndjson`);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function written(cwd: string): readonly string[] {
  return PIPELINES.map((pipeline) => textOf(cwd, pipeline));
}

/**
 * Sends events to a daemon, which is killed after some of the posts and started again.
 *
 * @returns what its outputs hold when all is done
 */
export async function outputsOf(killsAfter: readonly number[]): Promise<readonly string[]> {
  const cwd = scratch();
  let daemon = await startDaemon(CONFIG, { cwd });
  for (let post = 0; post < POSTS; post++) {
    await send(daemon, post);
    if (!killsAfter.includes(post)) continue;
    // In the middle of the work on them, when some of it is out.
    await until(() => textOf(cwd, 'folded').includes(`"n":${post * PER_POST}`), 'some of the events are out');
    await daemon.end('SIGKILL');
    daemon = await startDaemon(CONFIG, { cwd });
  }
  await until(() => textOf(cwd, 'folded').includes(`"n":${POSTS * PER_POST - 1},`), 'all are out');
  // It ends when all that is stored is worked on.
  expect(await daemon.end()).toBe(0);
  return written(cwd);
}

/** Events of the first pipeline that were not gone through yet. */
export async function backlogOf({ url }: TestDaemon): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^colloquium_pipeline_backlog_events\{[^}]*\} (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}
