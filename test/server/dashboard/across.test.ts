import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../../support/browser.js';
import { openDashboard } from '../../support/dashboard.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';

const CONFIG = `
pipelines:
  default:
    stages: [{ explode: /items }, { batch: { size: 3 } }]
    outputs: [{ file: ./out.ndjson }]
  plain:
    stages: [{ filter: /keep }]
    outputs: [{ file: ./plain.ndjson }]
`;

const title = `the dashboard shows what stages across events make, merge and keep, and it adds up (${noBrowser ?? 'in Chromium'})`;

let browser: Browser | undefined;
beforeAll(async () => {
  if (noBrowser === undefined) browser = await startBrowser();
});
afterAll(() => browser?.close());

it.skipIf(noBrowser !== undefined)(title, async () => {
  if (browser === undefined) return;
  const first = await startDaemon(CONFIG);
  const { cwd } = first;
  const page = await openDashboard(browser, first);
  await page.page.goto(first.url);
  // Name, state, in, open before, made, out, filtered, unrouted, skipped, dead letters, merged, open.
  await until(
    async () => /default\s+running\s+0\s+0\s+0\s+0\s+0\s+0\s+0\s+0\s+0\s+0\s/.test(await page.shows('pipelines')),
    'it is there',
  );
  expect(await page.shows('pipelines')).toMatch(
    /In\s+Open before\s+Made\s+Out\s+Filtered\s+Unrouted\s+Skipped\s+Dead letters\s+Merged\s+Open\s+Waiting/,
  );
  await postLines(`${first.url}/events`, '{"items":[1,2]}\n{"items":[3,4]}\n{"items":[]}\n');
  await until(async () => (await page.shows('pipelines')).includes('3\t0\t3\t1\t1\t0\t0\t0\t3\t1\t'), 'it adds up');
  expect(await page.metric('stage_open_events', 'stage="batch-2"')).toBe(1);
  expect(await first.end()).toBe(0);

  const again = await startDaemon(CONFIG, { cwd });
  const second = await openDashboard(browser, again);
  await second.page.goto(again.url);
  await until(
    async () => (await second.shows('pipelines')).includes('0\t1\t0\t0\t0\t0\t0\t0\t0\t1\t'),
    'one is open from before',
  );
  await postLines(`${again.url}/events`, '{"items":[5,6]}\n');
  await until(
    async () => (await second.shows('pipelines')).includes('1\t1\t2\t1\t0\t0\t0\t0\t3\t0\t'),
    'it adds up again',
  );
  expect(await second.metric('stage_open_events')).toBe(0);
  expect(await second.metric('stage_open_before_events', 'stage="batch-2"')).toBe(1);
  expect(await again.end()).toBe(0);
  expect([...page.troubles, ...second.troubles]).toEqual([]);
});
