import { nodeWorld } from '../../log/index.js';
import type { ServeFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { goesToStdout } from '../../sinks/kinds/index.js';
import { UserError } from '../exit/user-error.js';
import { startDaemon, type Daemon } from '../../jobs/daemon/index.js';
import { onHangUp } from './hang-ups.js';
import { looseKeyFiles, openKeys, type ServePlan, type Talk } from '../../jobs/index.js';
import { startReloader } from './reloader.js';
import { resolveServe } from './resolve.js';
import { stderrSink } from '../terminal/stderr-sink.js';
import { openTalk } from './talk.js';

/** How long, after the drain timeout, aborted work has to be recorded. */
const FORCE_AFTER_MS = 4000;

/** `colloquium serve`: from flags to exit code. */
export async function serve(flags: ServeFlags): Promise<ExitCode> {
  const ending = new AbortController();
  const plan = await resolveServe(flags);
  const talk = await openTalk(plan.logging);
  let drainMs = (): number => plan.drainMs;
  const end = (): void => ending.abort();
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    const code = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    if (ending.signal.aborted) process.exit(code);
    talk.info('draining', { signal });
    end();
    // For whatever doesn't end: the next start continues from the last checkpoint, as after a crash.
    setTimeout(() => {
      talk.error('not everything came to its end in time (processing.drain_timeout)', { signal });
      process.exit(code);
    }, drainMs() + FORCE_AFTER_MS).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  const daemon = await started(plan, talk, end);
  drainMs = daemon.drainMs;
  describe(plan, daemon, talk);
  for (const problem of await looseKeyFiles(plan.config)) talk.warn(problem);
  const reloader = await startReloader(daemon, plan, () => resolveServe(flags), talk);
  onHangUp(() => {
    // This is how logrotate signals that it has renamed a file.
    void daemon.checkOutputs();
    reloader.reload('SIGHUP');
  });
  await aborted(ending.signal);
  await reloader.stop();
  const left = await daemon.stop();
  talk.turn();
  for (const reason of left) talk.error('the daemon ends without one of its folders', { reason });
  talk.info('stopped');
  return left.length === 0 ? EXIT.ok : EXIT.dataError;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

async function started(plan: ServePlan, talk: Talk, onOutputClosed: () => void): Promise<Daemon> {
  try {
    return await startDaemon(plan, {
      world: nodeWorld(await openKeys(plan.config)),
      talk,
      letters: stderrSink(),
      onOutputClosed,
    });
  } catch (error) {
    throw asUserError(error, plan);
  }
}

/** Logs what the daemon does, in its first lines. */
function describe(plan: ServePlan, daemon: Daemon, talk: Talk): void {
  const { pipelines } = plan;
  if (pipelines.length === 0) talk.warn('the config has no pipelines: events are stored, and nothing more');
  const toStdout = pipelines.filter(({ outputs }) => outputs.some(goesToStdout));
  for (const { spec } of toStdout) {
    talk.info('standard output is at-least-once: after a crash its last lines may come again', { pipeline: spec.name });
  }
  talk.info('listening', {
    url: daemon.url,
    config: plan.config.file,
    log: plan.log.folder,
    pipelines: pipelines.map(({ spec }) => spec.name).join(', '),
    tokens: daemon.asksForToken(),
  });
}

function asUserError(error: unknown, { listen }: ServePlan): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const place = `${listen.host}:${listen.port}`;
  switch (code) {
    case 'EADDRINUSE':
      return new UserError(`${place} is taken by another program`, EXIT.usage, 'choose another with --port');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError(
        `${listen.host} is not an address of this machine`,
        EXIT.usage,
        'choose another with --host',
      );
    case 'EACCES':
      return new UserError(`${place} may not be used by this user`, EXIT.usage, 'ports below 1024 are reserved');
    default:
      return error;
  }
}
