import { homedir } from 'node:os';
import { DEFAULTS, openBooks, realWorld, storesExist, type Books, type StoreLocation } from '../../ai/index.js';
import {
  defaultStateDirectory,
  loadConfig,
  stateDirectory,
  useSection,
  type Config,
  type LoadedConfig,
} from '../../config/index.js';
import { inStateFolder } from './state-folder.js';

/** What was kept about calls and money, opened without any provider. */
export interface OpenedBooks {
  readonly books: Books;
  /** Absolute. */
  readonly folder: string;
  /** Undefined: none was found. */
  readonly config: LoadedConfig | undefined;
  /** The time zone of the budget's day. */
  readonly timeZone: string;
  readonly dailyBudget: string | undefined;
}

/** What the journal may hold; what is absent is as the config says. */
export interface JournalBounds {
  readonly ttlMs?: number | undefined;
  readonly bytesMax?: number | undefined;
}

/**
 * Opens the state folder of a config, or the one that is used without any. Where nothing was kept yet, nothing is made.
 *
 * @param configPath undefined: a config is searched for
 * @throws ConfigError; UserError when the folder can't be used
 */
export async function openBooksOf(configPath: string | undefined, bounds: JournalBounds = {}): Promise<OpenedBooks> {
  const config = await loadConfig({
    cwd: process.cwd(),
    env: process.env,
    home: homedir(),
    ...(configPath !== undefined && { path: configPath }),
  });
  const folder = config ? stateDirectory(config) : defaultStateDirectory({ env: process.env, home: homedir() });
  const costs: Partial<Config['cost_management']> = config ? useSection(config, 'cost_management') : {};
  const journal: Partial<Config['journal']> = config ? useSection(config, 'journal') : {};
  const options = {
    ttlMs: bounds.ttlMs ?? journal.ttl ?? DEFAULTS.journalTtlMs,
    bytesMax: bounds.bytesMax ?? journal.max_size ?? DEFAULTS.journalBytesMax,
  };
  const books = await inStateFolder(folder, () => openBooks(locationOf(folder), options, realWorld));
  const { timezone: timeZone = DEFAULTS.timeZone, daily_budget: dailyBudget } = costs;
  return { books, folder, config, timeZone, dailyBudget };
}

/** For a look: the folder, or if there is none a memory that is forgotten. */
export function locationOf(folder: string): StoreLocation {
  const kept: StoreLocation = { kind: 'lmdb', folder };
  return storesExist(kept) ? kept : { kind: 'memory' };
}
