import { expect, it } from 'vitest';
import { configOf, providerOf } from '../../cli/ai-stage.js';
import { noBrowser, startBrowser } from '../../support/browser.js';
import { openDashboard } from '../../support/dashboard.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';

const REQUEST =
  '["obj", "model", "gpt-4o-mini", "messages", [["obj", "role", "user", "content", ["$input", "/q"]]], "max_tokens", 60]';

/** All numbers of a text: `$0.00234 of $10.00` has two. */
const numbersIn = (text: string): number[] =>
  (text.match(/[0-9][0-9,.]*/g) ?? []).map((one) => Number(one.replace(/,/g, '')));

/** Small amounts are shown with three digits. */
const shown = (usd: number): number => Number(usd.toPrecision(3));

it.skipIf(noBrowser !== undefined)(
  `what the dashboard shows of money, providers and errors is what /metrics says (${noBrowser ?? 'in Chromium'})`,
  async () => {
    const working = await startFakeProvider({
      wire: 'openai',
      faults: (n) => (n === 2 ? { kind: 'finish', finish: 'refused' } : undefined),
    });
    const failing = await startFakeProvider({ wire: 'openai', faults: () => ({ kind: 'status', status: 500 }) });
    const config = configOf(
      {
        failing: providerOf(failing, ', kind: openai, rate_limit: { requests_per_minute: 6000 }'),
        working: providerOf(
          working,
          ', kind: openai, rate_limit: { requests_per_minute: 6000, tokens_per_minute: 900000 }',
        ),
      },
      {
        stages: [`{ into: /a, route: ordered, providers: [failing, working], request: ${REQUEST} }`],
        more: 'cost_management: { daily_budget: 10 }\n',
      },
    ).replace('state_dir: ./state\n', '');
    const [browser, daemon] = await Promise.all([
      startBrowser(),
      startDaemon(`${config}    outputs: [{ file: ./out.ndjson }]\n    dead_letter: ./dead.ndjson\n`),
    ]);
    const { page, shows, metric, troubles } = await openDashboard(browser, daemon);
    await page.goto(daemon.url);
    await until(async () => (await shows('spent')) === '$0.00', 'nothing is spent yet');
    expect(await shows('spending')).toBe('Nothing was spent today.');

    // One without a question, one that is refused.
    const rows = [...Array.from({ length: 9 }, (_, n) => `{"q":"row ${n}"}`), '{}'];
    await postLines(`${daemon.url}/events`, rows.join('\n'));
    await until(async () => (await metric('events_processed_total')) === rows.length, 'all are processed');
    await until(async () => (await shows('total-done')) === `${rows.length} in all`, 'the page knows');

    const spent = await metric('ai_spent_today_usd', 'provider="working"', 'model="gpt-4o-mini"');
    expect(spent).toBeCloseTo(Number(working.billed) / 1e9, 9);
    expect(spent).toBe(await metric('ai_budget_spent_usd'));
    const limit = await metric('ai_budget_limit_usd');
    const left = await metric('ai_budget_left_usd');
    expect(numbersIn(await shows('spent'))).toEqual([shown(spent)]);
    expect(numbersIn(await shows('spent-of'))).toEqual([limit]);
    expect(numbersIn(await shows('budget'))).toEqual([shown(spent), limit, shown(left)]);
    expect(
      (await shows('spending'))
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t')),
    ).toEqual([
      ['working', 'gpt-4o-mini', await shows('spent')],
      ['failing', 'gpt-4o-mini', '$0.00'],
    ]);

    expect(await metric('ai_breaker_state', 'provider="failing"', 'state="open"')).toBe(1);
    expect(await metric('ai_breaker_state', 'provider="working"', 'state="closed"')).toBe(1);
    const parts = page.locator('#providers .provider');
    const [first = '', second = ''] = await parts.allInnerTexts();
    expect(first).toContain('failing breaker open');
    expect(second).toMatch(/working up · answers in [0-9.]+ m?s/);
    const failures = await metric('ai_requests_total', 'provider="failing"', 'outcome="server_error"');
    expect(failures).toBeGreaterThanOrEqual(5);
    expect(first).toContain(`${failures} server_error`);

    // What was used in the last minute moves on between two looks.
    await until(async () => {
      const [used = [], usedTokens = []] = (await parts.nth(1).innerText())
        .split('\n')
        .filter((line) => line.includes(' a minute'))
        .map(numbersIn);
      const of = (kind: string) => [`provider="working"`, `kind="${kind}"`];
      const says = [
        await metric('ai_used_per_minute', ...of('requests')),
        await metric('ai_limit_per_minute', ...of('requests')),
        await metric('ai_used_per_minute', ...of('tokens')),
        await metric('ai_limit_per_minute', ...of('tokens')),
      ];
      return [...used, ...usedTokens].join() === says.map(Math.round).join() && (says[0] ?? 0) > 0;
    }, 'the limits that are used are those of /metrics');

    expect(await metric('event_failures_total')).toBe(2);
    const errors = (await shows('errors'))
      .split('\n')
      .slice(1)
      .map((line) => line.split(/\s+/));
    expect(errors).toHaveLength(2);
    for (const [kind = '', stage = '', count] of errors)
      expect(Number(count)).toBe(await metric('event_failures_total', `kind="${kind}"`, `stage="${stage}"`));
    expect(errors.map(([kind]) => kind).sort()).toEqual(['ai_refused', 'invalid_argument']);

    expect(troubles).toEqual([]);
    await browser.close();
    await daemon.end();
    expect([...working.deviations, ...failing.deviations]).toEqual([]);
    await Promise.all([working.close(), failing.close()]);
  },
);
