import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { TestDaemon } from './daemon.js';

/** The dashboard of a daemon in a browser, beside what the daemon's metrics say. */
export interface OpenDashboard {
  readonly page: Page;
  /** The text of an element, by its id. */
  readonly shows: (id: string) => Promise<string>;
  /** The sum of a metric's samples in `/metrics`. @param labels each a part of a sample's line: `kind="x"` */
  readonly metric: (name: string, ...labels: readonly string[]) => Promise<number>;
  /** Errors of the page, and what its policy has kept it from loading. */
  readonly troubles: readonly string[];
}

/**
 * Opens a tab as wide as a phone, before it goes anywhere.
 *
 * @param context what else is so in this browser: its language, its theme, its size
 */
export async function openDashboard(
  browser: Browser,
  { url }: TestDaemon,
  {
    token = 'none-is-asked-for',
    context: options = {},
  }: { readonly token?: string; readonly context?: BrowserContextOptions } = {},
): Promise<OpenDashboard> {
  const context = await browser.newContext({
    httpCredentials: { username: 'me', password: token },
    viewport: { width: 390, height: 800 },
    ...options,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', ({ message }) => troubles.push(message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) troubles.push(message.text());
  });
  return {
    page,
    troubles,
    shows: (id) => page.locator(`#${id}`).innerText(),
    async metric(name, ...labels) {
      const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
      const lines = (await answer.text())
        .split('\n')
        .filter((line) => /^\w+/.exec(line)?.[0] === `colloquium_${name}`)
        .filter((line) => labels.every((label) => line.includes(label)));
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
  };
}
