import { join } from 'node:path';

/** Where state is kept when no config says otherwise. Light: a run that needs no config asks it. */
export function defaultStateDirectory({ env, home }: StatePlace): string {
  const base = env['XDG_STATE_HOME'];
  return join(base !== undefined && base.startsWith('/') ? base : join(home, '.local', 'state'), 'colloquium');
}

interface StatePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}
