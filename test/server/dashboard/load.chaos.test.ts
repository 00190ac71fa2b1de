import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../../support/browser.js';
import { openDashboard } from '../../support/dashboard.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';

/** 5,000 events a second, of which some fail: the list of dead letters changes, too. */
const BATCHES = 30;
const EVENTS_PER_BATCH = 500;
const FAILED_PER_BATCH = 5;
const BATCH_INTERVAL_MS = 100;
const EVENTS = BATCHES * EVENTS_PER_BATCH;

const CONFIG = `
pipelines:
  default:
    stages: [{ name: work, computo: ["obj", "n", ["$input", "/n"]] }]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`;

const batch = Array.from({ length: EVENTS_PER_BATCH }, (_, n) => (n < FAILED_PER_BATCH ? '{}' : `{"n":${n}}`)).join(
  '\n',
);

const grouped = (count: number): string => count.toLocaleString('en');

it.skipIf(noBrowser !== undefined)(
  `5,000 events a second do not freeze the dashboard (${noBrowser ?? 'in Chromium'})`,
  async () => {
    const [browser, daemon] = await Promise.all([startBrowser(), startDaemon(CONFIG)]);
    const { page, shows, metric, troubles } = await openDashboard(browser, daemon);
    const devtools = await page.context().newCDPSession(page);
    let messages = 0;
    devtools.on('Network.eventSourceMessageReceived', () => (messages += 1));
    await devtools.send('Network.enable');
    const measured = async (): Promise<{ readonly heapBytes: number; readonly elements: number }> => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { usedSize: heapBytes } = await devtools.send('Runtime.getHeapUsage');
      return { heapBytes, elements: await page.evaluate<number>('document.getElementsByTagName("*").length') };
    };
    await page.goto(daemon.url);
    await until(async () => (await shows('total-in')) === '0 in all', 'it shows the numbers');
    await page.locator('#retry').waitFor();

    const feed = new AbortController();
    const feeding = (async () => {
      for (let sent = 0; sent < BATCHES; sent++) {
        const [answer] = await Promise.all([postLines(`${daemon.url}/events`, batch), sleep(BATCH_INTERVAL_MS)]);
        expect(answer.status).toBe(202);
      }
    })().finally(() => feed.abort());
    const totals = new Set<string>();
    const places = new Set<unknown>();
    let clicks = 0;
    let first: Awaited<ReturnType<typeof measured>> | undefined;
    while (!feed.signal.aborted) {
      await page.locator('#retry').click();
      await page.locator('#retry-dialog').waitFor();
      clicks += 1;
      await page.keyboard.press('Escape');
      places.add(await page.evaluate('document.activeElement.id'));
      totals.add(await shows('total-in'));
      // When its tables are there, and the reason for dead letters.
      if (first === undefined && (await page.locator('#letter-list details').count()) === 1) first = await measured();
    }
    await feeding;

    // Each key and click was answered while events came in, and the numbers moved on meanwhile.
    expect(clicks).toBeGreaterThan(0);
    expect([...places]).toEqual(['retry']);
    expect(totals.size).toBeGreaterThanOrEqual(3);
    await until(async () => (await shows('total-done')) === `${grouped(EVENTS)} in all`, 'all are processed');
    expect([await metric('events_stored_total'), await metric('events_processed_total')]).toEqual([EVENTS, EVENTS]);
    const failed = await metric('events_processed_total', 'outcome="dead_lettered"');
    expect(failed).toBe(BATCHES * FAILED_PER_BATCH);
    await until(async () => (await shows('total-failed')) === `${grouped(failed)} in all`, 'the failed ones are shown');
    // What the page is told and holds does not grow with the events.
    expect(messages).toBeLessThan(EVENTS / 100);
    const last = await measured();
    expect(last.elements).toBeLessThanOrEqual((first?.elements ?? 0) + 10);
    expect(last.heapBytes - (first?.heapBytes ?? 0)).toBeLessThan(8 << 20);
    expect(troubles).toEqual([]);
    await browser.close();
    await daemon.end();
  },
);
