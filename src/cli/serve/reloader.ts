import { isDeepStrictEqual } from 'node:util';
import { ConfigError } from '../../config/index.js';
import { readAtRest } from '../../files/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { explained } from '../exit/explain.js';
import type { Daemon } from '../../jobs/daemon/index.js';
import { openKeys, type ServePlan, type Talk } from '../../jobs/index.js';
import { UserError } from '../exit/user-error.js';
import { watchFiles, type FileWatch } from '../watch/watch-files.js';

/** Why the files are read again once they are watched. Nothing is said of files that are what they were. */
const DURING_START = 'a file has changed during the start';

/** Applies a changed config while the daemon runs. */
export interface Reloader {
  /** Reads the config again, after any reload that is under way. @param why for the log */
  reload(why: string): void;
  /** Waits for a reload that is under way, and accepts no more. */
  stop(): Promise<void>;
}

/**
 * @param first the plan that the daemon runs by
 * @param resolve resolves the current config; fails if there is a mistake in it
 */
export async function startReloader(
  daemon: Daemon,
  first: ServePlan,
  resolve: () => Promise<ServePlan>,
  talk: Talk,
): Promise<Reloader> {
  let plan = first;
  const keys = await keyIdsOf(first);
  let work = Promise.resolve();
  let isStopped = false;
  const watch: FileWatch = await watchFiles(filesOf(first), () => reload('a file has changed'));
  // Nobody has watched the files since they were read, and a start may take long.
  void watch.ready.then(() => reload(DURING_START));

  function reload(why: string): void {
    work = work.then(async () => {
      if (!isStopped) await takeOver(why);
    });
  }

  async function takeOver(why: string): Promise<void> {
    try {
      const next = await readAtRest(() => filesOf(plan), resolve);
      if (why === DURING_START && isSame(next, plan)) return;
      refuseBlank(next);
      refuseLostKeys(next, plan);
      watch.follow(filesOf(next));
      const hasKeys = isDeepStrictEqual(await keyIdsOf(next), keys);
      const waiting = [...daemon.waiting(next), ...(hasKeys ? [] : ['storage.encryption'])];
      for (const section of waiting) talk.warn('this takes effect at the next start', { section });
      if (isDeepStrictEqual(essence(next), essence(plan))) {
        daemon.reloaded(true);
        const words = waiting.length === 0 ? 'the config says what it said before' : 'the rest of the config is in use';
        talk.info(words, { audit: 'reload', why });
        return;
      }
      await daemon.reload(next);
      plan = next;
      daemon.reloaded(true);
      talk.info('the changed config is in use', { audit: 'reload', why });
    } catch (error) {
      daemon.reloaded(false);
      talk.error('the changed config is rejected: the old one stays in use', {
        audit: 'reload',
        why,
        error: problems(error),
      });
    }
  }

  return {
    reload,
    async stop() {
      isStopped = true;
      await watch.close();
      await work;
    },
  };
}

/** A daemon can start without a config. A file that has become empty is a failed save, for example on a full disk. */
function refuseBlank({ config: { document } }: ServePlan): void {
  if (document.text?.trim() !== '') return;
  throw new UserError(
    `${document.file} is empty`,
    EXIT.usage,
    'write it anew, or restart the daemon to run by defaults',
  );
}

/** The calls go on with a key that was there: its file may be about to be written. */
function refuseLostKeys({ ai }: ServePlan, before: ServePlan): void {
  const lost = ai?.unreadable.find((reason) => before.ai?.unreadable.includes(reason) !== true);
  if (lost !== undefined) throw new UserError(lost, EXIT.invalid, 'once it can be read, send SIGHUP');
}

/** The ids of the keys, as they are read now. @throws KeyError, ConfigError */
async function keyIdsOf({ config }: ServePlan): Promise<readonly string[] | undefined> {
  return (await openKeys(config))?.ids;
}

function isSame(next: ServePlan, plan: ServePlan): boolean {
  const isSameText = next.config.document.text === plan.config.document.text;
  return isSameText && isDeepStrictEqual(essence(next), essence(plan));
}

/** Everything but the config's own text. */
function essence(plan: ServePlan): unknown {
  return { ...plan, config: undefined };
}

/** The config, and the scripts and tables that it refers to. */
function filesOf({ config, pipelines }: ServePlan): readonly string[] {
  const ofPipelines = pipelines.flatMap(({ scriptFiles, spec: { tables = {} } }) => [
    ...scriptFiles,
    ...Object.values(tables).map(({ plan }) => plan.file),
  ]);
  return [...new Set([config.file, ...ofPipelines])];
}

function problems(error: unknown): string {
  if (error instanceof ConfigError) {
    return error.diagnostics
      .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
      .join('\n');
  }
  const told = explained(error);
  if (told !== undefined) return told.hint === undefined ? told.message : `${told.message}: ${told.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
