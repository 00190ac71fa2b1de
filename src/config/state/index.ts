import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Beside a config, the folder of what is kept for it. */
const BESIDE = '.colloquium';

/** In the user's own folder, what is kept for runs without a config: apart from what version 0.1 kept there for every config. */
const RUNS = 'runs';

/** What the default depends on. */
export interface StatePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly home: string;
}

/**
 * Where state is kept for a config that does not say it: `$XDG_STATE_HOME/colloquium` where that variable is set, else
 * `.colloquium` beside the config. Where version 0.1 has kept state in `~/.local/state/colloquium` and there is no `.colloquium` yet,
 * that folder goes on: what it knows was paid for.
 *
 * @param folder the config's, absolute
 */
export function defaultStateDirectory(folder: string, place: StatePlace): string {
  const named = namedByEnvironment(place);
  if (named !== undefined) return named;
  const beside = join(folder, BESIDE);
  return !existsSync(beside) && isFromBefore(ofUser(place)) ? ofUser(place) : beside;
}

/** Where state is kept when there is no config. Light: a run that needs no config asks it. */
export function stateDirectoryWithoutConfig(place: StatePlace): string {
  const named = namedByEnvironment(place);
  if (named !== undefined) return named;
  const runs = join(ofUser(place), RUNS);
  return !existsSync(runs) && isFromBefore(ofUser(place)) ? ofUser(place) : runs;
}

/** What to tell a person whose config goes on with the state of version 0.1, which all configs share; undefined: nothing. */
export function sharedStateNotice(directory: string, folder: string, place: StatePlace): string | undefined {
  if (namedByEnvironment(place) !== undefined || directory !== ofUser(place)) return undefined;
  const own = join(folder, BESIDE);
  return `state is in ${directory}, which version 0.1 shared among all configs; to keep it with this config alone, move it to ${own}`;
}

/** Whether version control is to leave the folder alone: it lies beside a config. */
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
