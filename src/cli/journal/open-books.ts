import { homedir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { DEFAULTS, openBooks, realWorld, type Books } from '../../ai/index.js';
import { stateDirectory, useSection, type Config, type LoadedConfig } from '../../config/index.js';
import { nodeAt } from '../../config/source/index.js';
import { stateDirectoryWithoutConfig } from '../../config/state/index.js';
import { stringifyJson } from '../../json/index.js';
import { findConfig, type ConfigFlags } from '../flags/find-config.js';
import { openKeys } from '../../jobs/index.js';
import { membersPlace, resolveFleet, sharedStore } from '../../jobs/fleet/index.js';
import { inStoreFolder, locationOf } from '../../jobs/ai/index.js';

/** The stored data about calls and money, opened without any provider. */
export interface OpenedBooks {
  readonly books: Books;
  /** Absolute. */
  readonly folder: string;
  /** The time zone of the budget's day. */
  readonly timeZone: string;
  readonly dailyBudget: string | undefined;
  /** US dollars a day, by pipeline. */
  readonly pipelineBudgets: Readonly<Record<string, string>>;
}

/** The bounds of the journal; an absent one is as in the config. */
export interface JournalBounds {
  readonly ttlMs?: number | undefined;
  readonly bytesMax?: number | undefined;
}

/**
 * Opens the state folder of a config, or the default one. Creates nothing if nothing was stored yet. For a config that joins a
 * fleet, opens the data that the fleet shares.
 *
 * @throws ConfigError; UserError if the folder or the fleet's server can't be used
 */
export async function openBooksOf(flags: ConfigFlags, bounds: JournalBounds = {}): Promise<OpenedBooks> {
  const config = await findConfig(flags, 'data only');
  const folder = config ? stateDirectory(config) : stateDirectoryWithoutConfig({ env: process.env, home: homedir() });
  const costs: Partial<Config['cost_management']> = config ? useSection(config, 'cost_management') : {};
  const journal: Partial<Config['journal']> = config ? useSection(config, 'journal') : {};
  const options = {
    ttlMs: bounds.ttlMs ?? journal.ttl ?? DEFAULTS.journalTtlMs,
    bytesMax: bounds.bytesMax ?? journal.max_size ?? DEFAULTS.journalBytesMax,
  };
  const keys = await openKeys(config);
  const books =
    (config && (await openFleetBooks(config, options))) ??
    (await inStoreFolder(folder, () => openBooks(locationOf(folder, keys), options, realWorld)));
  const { timezone: timeZone = DEFAULTS.timeZone, daily_budget: dailyBudget } = costs;
  return { books, folder, timeZone, dailyBudget, pipelineBudgets: config ? budgetsIn(config) : {} };
}

/** @returns undefined if there is no fleet */
async function openFleetBooks(
  config: LoadedConfig,
  options: Parameters<typeof openBooks>[1],
): Promise<Books | undefined> {
  const fleet = resolveFleet(config, undefined);
  if (fleet === undefined) return undefined;
  const { openLink, presentMembers, REAPPEAR_MS } = await import('../../jobs/fleet/index.js');
  const link = await openLink(config);
  let present = await presentMembers(link, membersPlace(fleet));
  const missing = new Set<string>();
  const isMissing = (owner: string): boolean => {
    if (present.has(owner)) return false;
    missing.add(owner);
    return true;
  };
  const books = await openBooks(sharedStore(fleet, link), options, realWorld, isMissing);
  for (const { owner } of await books.budget.reservations()) await books.isGone(owner, realWorld.now());
  if (missing.size > 0) {
    // A process that has calls under way but can't be seen is dead, or the server was away until a moment ago.
    await wait(REAPPEAR_MS);
    present = await presentMembers(link, membersPlace(fleet));
  }
  return {
    ...books,
    async close() {
      await books.close();
      await link.close();
    },
  };
}

/** Reads the budgets as they stand: nothing else of a pipeline is needed, in particular not what it takes from the environment. */
function budgetsIn({ document }: LoadedConfig): Readonly<Record<string, string>> {
  const pipelines = nodeAt(document.root, '/pipelines')?.entries ?? new Map<string, never>();
  const budgets: Record<string, string> = {};
  for (const [name, { node }] of pipelines) {
    const budget = node.entries?.get('budget')?.node.value;
    const text = budget === undefined || budget === null ? '' : stringifyJson(budget).replace(/^"|"$/g, '');
    if (/^[0-9.]+(?:[eE][+-]?[0-9]+)?$/.test(text)) budgets[name] = text;
  }
  return budgets;
}
