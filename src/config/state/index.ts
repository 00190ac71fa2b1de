import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The name of the state folder beside a config. */
const BESIDE = '.colloquium';

/** The folder, below the user's state folder, for runs without a config: separate from what version 0.1 kept there for every config. */
const RUNS = 'runs';

/** What the default location depends on. */
export interface StatePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly home: string;
}

/**
 * The state folder of a config that does not set one: `$XDG_STATE_HOME/colloquium` if that variable is set, or else `.colloquium`
 * beside the config. If version 0.1 kept state in `~/.local/state/colloquium` and there is no `.colloquium` yet, that folder
 * stays in use, because the answers in it were paid for.
 *
 * @param folder the config's folder, absolute
 */
export function defaultStateDirectory(folder: string, place: StatePlace): string {
  const named = namedByEnvironment(place);
  if (named !== undefined) return named;
  const beside = join(folder, BESIDE);
  return !existsSync(beside) && isFromBefore(ofUser(place)) ? ofUser(place) : beside;
}

/** The state folder for runs without a config. Lightweight, because such runs call it. */
export function stateDirectoryWithoutConfig(place: StatePlace): string {
  const named = namedByEnvironment(place);
  if (named !== undefined) return named;
  const runs = join(ofUser(place), RUNS);
  return !existsSync(runs) && isFromBefore(ofUser(place)) ? ofUser(place) : runs;
}

/** A notice for users whose config still uses the state of version 0.1, which all configs share; undefined: no notice. */
export function sharedStateNotice(directory: string, folder: string, place: StatePlace): string | undefined {
  if (namedByEnvironment(place) !== undefined || directory !== ofUser(place)) return undefined;
  const own = join(folder, BESIDE);
  return `state is in ${directory}, which version 0.1 shared among all configs; to keep it with this config alone, move it to ${own}`;
}

/** Whether version control should ignore the folder, because it is beside a config. */
export function liesBesideConfig(directory: string): boolean {
  return directory.endsWith(`/${BESIDE}`);
}

function namedByEnvironment({ env }: StatePlace): string | undefined {
  const base = env['XDG_STATE_HOME'];
  return base?.startsWith('/') === true ? join(base, 'colloquium') : undefined;
}

function ofUser({ home }: StatePlace): string {
  return join(home, '.local', 'state', 'colloquium');
}

function isFromBefore(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name !== RUNS);
  } catch {
    return false;
  }
}
