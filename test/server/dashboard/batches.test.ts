import { expect, it } from 'vitest';
import { configOf, providerOf } from '../../cli/ai-stage.js';
import { noBrowser, startBrowser } from '../../support/browser.js';
import { openDashboard } from '../../support/dashboard.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';

const SHOWN = 20;
const BATCHES = SHOWN + 2;

interface Look {
  readonly open: number;
  readonly batches: readonly Readonly<Record<string, unknown>>[];
}

it.skipIf(noBrowser !== undefined)(
  `the dashboard shows the newest batches that have not ended, as GET /batches says them (${noBrowser ?? 'in Chromium'})`,
  async () => {
    let looks = Infinity;
    const provider = await startFakeProvider({
      wire: 'openai',
      batches: {
        get looks() {
          return looks;
        },
      },
    });
    const stage =
      '{ name: label, into: /a, request: { model: gpt-4o-mini, prompt: "${/q}", max_tokens: 60 }, lane: batch, max_batch: 2, deadline: 10h }';
    const config = configOf({ openai: providerOf(provider) }, { stages: [stage] }).replace('state_dir: ./state\n', '');
    const [browser, daemon] = await Promise.all([
      startBrowser(),
      startDaemon(`${config}    outputs: [{ file: ./out.ndjson }]\n    dead_letter: ./dead.ndjson\n`),
    ]);
    const { page, shows, metric, troubles } = await openDashboard(browser, daemon);
    await page.goto(daemon.url);
    await page.locator('#status.live').waitFor();
    const look = async (): Promise<Look> => (await (await fetch(`${daemon.url}/batches`)).json()) as Look;
    expect(await look()).toEqual({ batches: [], open: 0 });
    expect(await page.locator('#batches').isVisible()).toBe(false);

    const rows = Array.from({ length: 2 * BATCHES }, (_, n) => `{"q":"row ${n}"}`);
    await postLines(`${daemon.url}/events`, rows.join('\n'));
    await until(() => provider.batches.length === BATCHES, 'all batches are out');
    await until(async () => (await metric('ai_batches', 'state="submitted"')) === BATCHES, 'the daemon knows');
    const count = `the newest ${SHOWN} of ${BATCHES}`;
    await until(async () => (await shows('batch-count')) === count, 'the page shows them');
    await until(async () => !/sealed|submitting/.test(await shows('batch-list')), 'all are sent');
    const { batches, open } = await look();
    expect([batches.length, open]).toEqual([SHOWN, BATCHES]);
    const created = batches.map(({ created: at }) => Number(at));
    expect(created).toEqual(created.toSorted((a, b) => b - a));
    const common = { pipeline: 'default', stage: 'label', provider: 'openai', model: 'gpt-4o-mini' };
    for (const batch of batches) expect(batch).toMatchObject({ ...common, state: 'submitted', rows: 2, done: 0 });

    const shown = await page.locator('#batch-list tbody tr').all();
    expect(shown).toHaveLength(SHOWN);
    for (const [i, row] of shown.entries()) {
      const cells = await row.locator('th, td').allInnerTexts();
      const [name, who, model, state, done, age, deadline, atMost, id] = cells;
      expect([name, who, model, state, done]).toEqual([
        'default › label',
        'openai',
        'gpt-4o-mini',
        'submitted',
        '0 of 2',
      ]);
      expect(age).toMatch(/^[0-9.,]+ (?:ms|s|min|h)$/);
      expect(deadline).toMatch(/[0-9]{4}/);
      expect(Number(atMost?.slice(1))).toBeCloseTo(Number(batches[i]?.['at_most']), 5);
      expect(id).toBe(batches[i]?.['id']);
    }
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      // The page may still show what it showed at the former width.
      const isAsWide = async (): Promise<boolean> =>
        (await page.evaluate('document.documentElement.scrollWidth')) === width;
      await until(isAsWide, `the page is ${width} px wide`);
      const isWhole = await page.evaluate<boolean>(`[...document.querySelectorAll('#batch-list :is(th, td)')]
        .filter((cell) => !cell.closest('thead'))
        .every((cell) => cell.checkVisibility() && cell.getBoundingClientRect().right <= innerWidth && cell.scrollWidth <= cell.clientWidth + 1)`);
      expect([width, isWhole]).toEqual([width, true]);
    }

    looks = 0;
    await until(async () => !(await page.locator('#batches').isVisible()), 'nothing is shown when all have ended');
    expect(await look()).toEqual({ batches: [], open: 0 });
    expect(troubles).toEqual([]);
    await browser.close();
    await daemon.end();
    expect(provider.deviations).toEqual([]);
    await provider.close();
  },
);
