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

/** The cells of a row, also where each is a line of its own. */
const row = (text: string): string => text.split(/[\t\n]+/).join(' ');

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
  await until(async () => row(await page.shows('pipelines')).includes(' 3 0 3 1 1 0 0 0 3 1 '), 'it adds up');
  expect(await page.metric('stage_open_events', 'stage="batch-2"')).toBe(1);
  // In, made, out, filtered, merged, failed, forgotten, open.
  expect(row(await page.shows('stages'))).toContain('default › explode-1 3 2 4 1 0 0 0 0');
  expect(row(await page.shows('stages'))).toContain('default › batch-2 4 1 1 0 3 0 0 1');
  expect(await first.end()).toBe(0);

  const again = await startDaemon(CONFIG, { cwd });
  const second = await openDashboard(browser, again);
  await second.page.goto(again.url);
  await until(
    async () => row(await second.shows('pipelines')).includes(' 0 1 0 0 0 0 0 0 0 1 '),
    'one is open from before',
  );
  await postLines(`${again.url}/events`, '{"items":[5,6]}\n');
  await until(async () => row(await second.shows('pipelines')).includes(' 1 1 2 1 0 0 0 0 3 0 '), 'it adds up again');
  expect(await second.metric('stage_open_events')).toBe(0);
  expect(await second.metric('stage_open_before_events', 'stage="batch-2"')).toBe(1);
  expect(await again.end()).toBe(0);
  expect([...page.troubles, ...second.troubles]).toEqual([]);
});
