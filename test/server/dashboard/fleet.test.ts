import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import type { FleetMember } from '../../../src/server/index.js';
import { noBrowser, startBrowser } from '../../support/browser.js';
import { openDashboard } from '../../support/dashboard.js';
import { postLines, until } from '../../support/daemon.js';
import { countResults, DOUBLING, openResults, startMember } from '../../support/fleet.js';
import { NATS_MISSING, startNatsServer } from '../../support/nats-server.js';

const EVENTS = 60;

const lines = Array.from({ length: EVENTS }, (_, id) => `{"id":${id},"user":"u${id % 7}","n":${id}}\n`).join('');

it.skipIf(noBrowser !== undefined || NATS_MISSING !== '')(
  `the dashboard shows who shares the work, as GET /fleet says it (${noBrowser ?? 'in Chromium'})${NATS_MISSING}`,
  async () => {
    const server = await startNatsServer();
    const results = await openResults(server);
    const [browser, first, second] = await Promise.all([
      startBrowser(),
      startMember(server, DOUBLING),
      startMember(server, DOUBLING),
    ]);
    const members = async (): Promise<readonly FleetMember[]> =>
      ((await (await fetch(`${first.url}/fleet`)).json()) as { readonly members: readonly FleetMember[] }).members;
    const { page, troubles } = await openDashboard(browser, first);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(first.url);
    const rows = async (): Promise<readonly (readonly string[])[]> => {
      const texts = await page.locator('#members tbody tr').allInnerTexts();
      return texts.map((text) => text.split(/[\t\n]+/));
    };
    await until(async () => (await rows()).length === 2, 'both members are shown');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);

    await postLines(`${first.url}/events`, lines);
    await until(async () => (await countResults(results)) === EVENTS, 'all are done');
    // Whoever did them tells of it within two seconds, and the page shows it within another.
    const countsOf = (all: readonly FleetMember[]): unknown =>
      all.map(({ host, pid, url, pipelines: [one] }) => [
        `${host} · ${pid}`,
        one?.state,
        String(one?.input),
        String(one?.output),
        String(one?.dead_lettered),
        url,
      ]);
    await until(async () => {
      const all = await members();
      const done = all.reduce((sum, { pipelines: [one] }) => sum + (one?.output ?? 0), 0);
      const shown = (await rows()).map(([name, state, , , ...rest]) => [name, state, ...rest]);
      return done === EVENTS && isDeepStrictEqual(shown, countsOf(all));
    }, 'the page shows what GET /fleet says');
    const [[, , alive] = []] = await rows();
    expect(alive).toMatch(/^[0-9.,]+ (?:ms|s|min|h)$/);

    expect(await second.end()).toBe(0);
    await until(async () => (await rows()).length === 1, 'the one that left is not shown any more');
    expect((await rows())[0]?.at(-1)).toBe(first.url);
    expect(troubles).toEqual([]);
    await browser.close();
    await first.end();
    await results.close();
    await server.end();
  },
);
