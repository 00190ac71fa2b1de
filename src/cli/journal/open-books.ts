import { isAbsolute } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openBooks, realWorld, type Books } from '../../ai/index.js';
import { stateDirectory, useSection, type LoadedConfig } from '../../config/index.js';
import { nodeAt } from '../../config/source/index.js';
import { stringifyJson } from '../../json/index.js';
import { findConfigOrBare, type ConfigFlags } from '../flags/find-config.js';
import { writeStderr } from '../terminal/stderr.js';
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
 * Opens the state folder where a run with these flags records its AI calls. Creates nothing if nothing was recorded yet, and names the
 * folder on stderr then. For a config that joins a fleet, opens the data that the fleet shares.
 *
 * @throws ConfigError; UserError if the folder or the fleet's server can't be used
 */
export async function openBooksOf(flags: ConfigFlags, bounds: JournalBounds = {}): Promise<OpenedBooks> {
  const config = await findConfigOrBare(flags, 'data only');
  const folder = stateDirectory(config);
  const { timezone: timeZone, daily_budget: dailyBudget } = useSection(config, 'cost_management');
  const journal = useSection(config, 'journal');
  const options = { ttlMs: bounds.ttlMs ?? journal.ttl, bytesMax: bounds.bytesMax ?? journal.max_size };
  const books = (await openFleetBooks(config, options)) ?? (await openOwnBooks(config, folder, options));
  return { books, folder, timeZone, dailyBudget, pipelineBudgets: budgetsIn(config) };
}

async function openOwnBooks(
  config: LoadedConfig,
  folder: string,
  options: Parameters<typeof openBooks>[1],
): Promise<Books> {
  const location = locationOf(folder, await openKeys(config));
  if (location.kind === 'memory') writeStderr(`colloquium: ${nothingIn(folder, config)}\n`);
  return await inStoreFolder(folder, () => openBooks(location, options, realWorld));
}

/** A record may be elsewhere, and nothing found is not nothing spent. */
function nothingIn(folder: string, { file }: LoadedConfig): string {
  return isAbsolute(file)
    ? `${folder} has no record of AI calls: if the run had another config, name it with -c`
    : `no config is found, and ${folder} has no record of AI calls: go to the folder where the run was started, or name its config with -c`;
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
