import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../../support/browser.js';
import { scratch } from '../../support/cli.js';
import { openDashboard, type OpenDashboard } from '../../support/dashboard.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';

const TOKEN = 's3cret-for-tests';
const authorization = `Bearer ${TOKEN}`;

const config = (script: string): string => `
pipelines:
  default:
    stages: [{ name: work, computo: ${script} }]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`;
const STRICT = config('["$input", "/n"]');
const MENDED = config('["$input"]');

// Without a browser there is nothing to see: its absence is said, and no failure.
describe.skipIf(noBrowser !== undefined)(`the dashboard (${noBrowser ?? 'in Chromium'})`, () => {
  let browser: Browser;
  let dashboard: OpenDashboard;
  let daemon: TestDaemon;
  const cwd = scratch();

  beforeAll(async () => {
    browser = await startBrowser();
    daemon = await startDaemon(STRICT, { cwd, server: `tokens: [${TOKEN}]` });
    dashboard = await openDashboard(browser, daemon, { token: TOKEN });
  });
  afterAll(async () => {
    await browser.close();
    await daemon.end();
  });

  const focused = (): Promise<string> => dashboard.page.evaluate<string>('document.activeElement.id');
  const shows = (id: string): Promise<string> => dashboard.shows(id);

  it('asks for a token, and shows what /metrics says', async () => {
    expect((await fetch(daemon.url)).status).toBe(401);
    await postLines(`${daemon.url}/events`, '{"n":1}\n{"n":2}\n{"x":3}\n', { authorization });
    await dashboard.page.goto(daemon.url);
    await until(async () => (await shows('total-done')) === '3 in all', 'all are processed');
    expect([await dashboard.metric('events_stored_total'), await dashboard.metric('events_processed_total')]).toEqual([
      3, 3,
    ]);
    expect(await shows('total-in')).toBe('3 in all');
    expect(await dashboard.metric('events_processed_total', 'dead_lettered')).toBe(1);
    expect(await shows('total-failed')).toBe('1 in all');
    expect(await shows('pipelines')).toMatch(/default\s+running\s+3\s+2\s+0\s+0\s+0\s+1/);
    expect(await shows('latencies')).toMatch(/^p50 [0-9.]+ m?s · p99 [0-9.]+ m?s$/);
    expect(await shows('errors')).toMatch(/invalid_argument\s+work\s+1/);
    await until(async () => (await shows('letter-list')).startsWith('1×'), 'the letter is shown');
    await dashboard.page.getByText('Newest example').click();
    expect(await shows('letter-list')).toContain('{"x":3}');
    for (const part of ['.money', '#fleet']) expect(await dashboard.page.locator(part).first().isVisible()).toBe(false);
  });

  it('fits a phone', async () => {
    const width = await dashboard.page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(390);
  });

  it('retries dead letters, each once', async () => {
    writeFileSync(
      join(cwd, 'colloquium.yaml'),
      `server: { port: 0, tokens: [${TOKEN}] }\nstate_dir: ./state\n${MENDED}`,
    );
    await daemon.says('is in use');
    await dashboard.page.locator('#retry').focus();
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.locator('#retry-dialog').waitFor();
    const said = await shows('retry-what');
    expect(said).toContain(`Through default again, 1 letter: results are added to ${join(cwd, 'out.ndjson')}.`);
    expect(said).not.toContain('AI');
    expect(await shows('retry-yes')).toBe('Retry 1');
    // Nothing has happened yet, and nothing does where it is cancelled.
    await dashboard.page.keyboard.press('Escape');
    expect(await dashboard.metric('events_driven_again_total')).toBe(0);
    expect(await focused()).toBe('retry');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.locator('#retry-dialog').waitFor();
    expect(await focused()).toBe('retry-yes');
    await dashboard.page.keyboard.press('Enter');
    await until(async () => (await shows('retried')) === '1 retried.', 'it is retried');
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe('1\n2\n{"x":3}\n');
    const counted = await Promise.all([
      dashboard.metric('events_driven_again_total', 'pipeline="default"'),
      dashboard.metric('events_processed_total', 'outcome="output"'),
      dashboard.metric('events_processed_total', 'outcome="dead_lettered"'),
      dashboard.metric('events_stored_total'),
    ]);
    expect(counted).toEqual([1, 3, 1, 3]);
    await until(async () => (await shows('total-done')) === '4 in all', 'it is counted');
    await dashboard.page.locator('#retry').click();
    await dashboard.page.locator('#retry-dialog').waitFor();
    expect(await shows('retry-dialog')).toMatch(
      /^There is nothing to retry\n+Skipped, because retried before: 1 letter\.\n+Close$/,
    );
    await dashboard.page.locator('#retry-no').click();
    const answer = await fetch(`${daemon.url}/dead-letters/redrive`, { method: 'POST', headers: { authorization } });
    expect(await answer.json()).toMatchObject({ input: 0, driven_before: 1 });
    await postLines(`${daemon.url}/events`, '4\n', { authorization });
    await until(() => readFileSync(join(cwd, 'out.ndjson'), 'utf8').endsWith('\n4\n'), 'processing goes on');
  });

  it('says that the daemon is gone, and is back with it', async () => {
    const { port } = new URL(daemon.url);
    await daemon.end('SIGKILL');
    await until(async () => (await shows('status')).includes('does not answer'), 'it is missed');
    daemon = await startDaemon(MENDED, { cwd, server: `tokens: [${TOKEN}]`, args: ['--port', port] });
    await until(async () => (await shows('status')).includes('live'), 'it is back');
    expect(existsSync(join(cwd, 'out.ndjson'))).toBe(true);
    expect(dashboard.troubles).toEqual([]);
  });
});
