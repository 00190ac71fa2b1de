import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AxeResults } from 'axe-core';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, providerOf } from '../../cli/ai-stage.js';
import { noBrowser, startBrowser } from '../../support/browser.js';
import { scratch } from '../../support/cli.js';
import { openDashboard } from '../../support/dashboard.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { startFakeProvider, type FakeProvider } from '../../support/fake-provider.js';

/**
 * A folder for pictures that go into the README: `SCREENSHOTS=.github npx vitest … look.test.ts`. Then events come for a few
 * minutes, so that the charts have something to show.
 */
const { SCREENSHOTS: pictures } = process.env;
const MINUTES = 5;
const PICTURE_BYTES_MAX = 200_000;

const REQUEST =
  '["obj", "model", "gpt-4o-mini", "messages", [["obj", "role", "user", "content", ["$input", "/text"]]], "max_tokens", 60]';

const LONG_NAME =
  pictures === undefined ? 'a_pipeline_with_a_very_long_name_that_no_telephone_shows_on_one_line' : 'grouped';

const PIPELINES = `
  classified_overnight:
    stages: [{ ai: { into: /a, request: { model: gpt-4o-mini, prompt: "\${/q}", max_tokens: 60 }, lane: batch, max_batch: 1, deadline: 10h } }]
    outputs: [{ file: ./classified.ndjson }]
    dead_letter: ./dead-classified.ndjson
  ${LONG_NAME}:
    stages: [{ explode: /items }, { batch: { size: 3 } }]
    outputs: [{ file: ./batches.ndjson }]
    dead_letter: ./dead-batches.ndjson
`;

const THEMES = ['light', 'dark'] as const;

/** A few lines of both pipelines, some of which fail. */
const tickets = (n: number): string =>
  Array.from({ length: 20 + Math.round(15 * Math.sin(n / 6)) }, (_, i) =>
    i % 17 === 0 ? `{"ticket":${n * 100 + i}}` : `{"ticket":${n * 100 + i},"text":"row ${n} ${i}"}`,
  ).join('\n');

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate<AxeResults>('axe.run()');
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(' | ')}`);
}

/** What sticks out of the window, or is cut off by what it stands in. */
const HIDDEN = `[...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility() && !one.closest('.skip, thead, .u-wrap, svg'))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
  .map((one) => one.outerHTML.slice(0, 120))`;

describe.skipIf(noBrowser !== undefined)(`the look of the dashboard (${noBrowser ?? 'in Chromium'})`, () => {
  let browser: Browser;
  let daemon: TestDaemon;
  let provider: FakeProvider;

  beforeAll(
    async () => {
      provider = await startFakeProvider({ wire: 'openai', batches: { looks: Infinity } });
      const limits = ', kind: openai, rate_limit: { requests_per_minute: 60000, tokens_per_minute: 9000000 }';
      const config = configOf(
        { openai: providerOf(provider, limits) },
        {
          stages: [`{ name: label, into: /label, request: ${REQUEST} }`],
          more: 'cost_management: { daily_budget: 10 }\n',
        },
      ).replace('state_dir: ./state\n', '');
      const all = `${config}    outputs: [{ file: ./out.ndjson }]\n    dead_letter: ./dead.ndjson\n${PIPELINES.slice(1)}`;
      [browser, daemon] = await Promise.all([startBrowser(), startDaemon(all)]);
      await postLines(`${daemon.url}/events/${LONG_NAME}`, '{"items":[1,2]}\n{"items":[3,4]}\n{"items":1}\n');
      await postLines(`${daemon.url}/events/classified_overnight`, '{"q":"row"}\n');
      for (let n = 0; n < (pictures === undefined ? 2 : MINUTES * 60); n++) {
        await postLines(`${daemon.url}/events`, tickets(n));
        if (pictures !== undefined) await sleep(1000);
      }
    },
    (MINUTES + 1) * 60_000,
  );
  afterAll(async () => {
    await browser.close();
    await daemon.end();
    await provider.close();
  });

  /** The page, once everything is on it. */
  async function opened(width: number, theme: (typeof THEMES)[number], locale = 'de-DE'): Promise<Page> {
    const context = { viewport: { width, height: 900 }, colorScheme: theme, locale, timezoneId: 'Europe/Berlin' };
    const { page, troubles } = await openDashboard(browser, daemon, { context });
    await page.goto(daemon.url);
    await page.locator('#letter-list details').first().waitFor();
    await page.locator('#stages table').waitFor();
    await page.locator('#batch-list table').waitFor();
    await page.locator('#providers .provider').first().waitFor();
    expect(troubles).toEqual([]);
    return page;
  }

  it.each(THEMES)('has no fault that axe knows of, nor has the dialog, in %s', async (theme) => {
    for (const width of [390, 1280]) {
      const page = await opened(width, theme);
      await page.locator('summary').first().click();
      expect(await violations(page)).toEqual([]);
      await page.locator('#retry').click();
      await page.locator('#retry-dialog').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.context().close();
    }
  });

  it.each([320, 390, 700, 1024, 1100, 1280])('hides nothing at %i px', async (width) => {
    const page = await opened(width, 'light');
    await page.locator('summary').first().click();
    expect(await page.evaluate(HIDDEN)).toEqual([]);
    for (const name of ['Dead letters', 'Merged', 'p99']) {
      const shown = await page.evaluate<boolean>(`[...document.querySelectorAll('#pipelines [data-head="${name}"]')]
        .every((cell) => cell.checkVisibility() && cell.getBoundingClientRect().right <= innerWidth)`);
      expect(shown).toBe(true);
    }
    // A column is not so narrow that it breaks words.
    const height = await page.evaluate<number>(`[...document.querySelectorAll('#pipelines [role="rowheader"]')]
      .find(({ textContent }) => textContent === 'default')
      .getBoundingClientRect().height`);
    expect(height).toBeLessThan(40);
    await page.context().close();
  });

  it('is used with the keyboard alone: the skip link, the button, the examples', async () => {
    const page = await opened(1280, 'light');
    const places: string[] = [];
    for (let n = 0; n < 4; n++) {
      await page.keyboard.press('Tab');
      places.push(await page.evaluate<string>('document.activeElement.id || document.activeElement.textContent'));
    }
    expect(places).toEqual(['To the dead letters', 'retry', 'Newest example', 'Newest example']);
    await page.keyboard.press('Enter');
    expect(await page.locator('details[open]').count()).toBe(1);
    // New letters come, and it stays open.
    await postLines(`${daemon.url}/events`, '{}\n');
    await page
      .getByText(/^[0-9]+×$/)
      .first()
      .waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Newest example');
    expect(await page.locator('details[open]').count()).toBe(1);
    await page.context().close();
  });

  it.each([
    ['de-DE', /^[0-9]{2}\.[0-9]{2}\.[0-9]{4}, [0-9]{2}:[0-9]{2}:[0-9]{2} · /],
    ['en-US', /^[A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4}, [0-9]{1,2}:[0-9]{2}:[0-9]{2}.[AP]M · /],
  ])('says when something was as one says it in %s', async (locale, expected) => {
    const page = await opened(1280, 'light', locale);
    await page.locator('summary').first().click();
    expect(await page.locator('details p').first().innerText()).toMatch(expected);
    await page.context().close();
  });

  it('has the history of the time before it was opened', async () => {
    // Two points make a line.
    await until(async () => /^event: history\ndata: \[\[[^\]]*\],\[/m.test(await start()), 'there is a history');
    const page = await opened(1280, 'light');
    await until(
      async () => /in: .* at most/.test((await page.locator('#throughput').getAttribute('aria-label')) ?? ''),
      'it is drawn',
    );
    const label = (await page.locator('#delays').getAttribute('aria-label')) ?? '';
    expect(label).toMatch(/^Seconds from storing to output in the last hour\. p50: .*, [0-9.]+ m?s at most; p95: /);
    await page.context().close();
  });

  /** What the feed begins with. */
  async function start(): Promise<string> {
    const ended = new AbortController();
    const { body } = await fetch(`${daemon.url}/dashboard/feed`, { signal: ended.signal });
    let text = '';
    for await (const piece of body ?? []) {
      text += Buffer.from(piece).toString();
      if (text.includes('event: history') && text.endsWith('\n\n')) break;
    }
    ended.abort();
    return text;
  }

  it.each(THEMES)('gives a small picture for the README, %s', async (theme) => {
    const folder = pictures ?? scratch();
    mkdirSync(folder, { recursive: true });
    const page = await opened(1280, theme, 'en-GB');
    await sleep(pictures === undefined ? 0 : 2000);
    const path = join(folder, `dashboard-${theme}.png`);
    await page.setViewportSize({ width: 1100, height: 1240 });
    await page.screenshot({ path });
    expect(statSync(path).size).toBeLessThan(PICTURE_BYTES_MAX);
    await page.context().close();
  });
});
