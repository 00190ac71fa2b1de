import { version } from '../../../package.json';
import { takeLogLock, type LogWorld } from '../../log/index.js';
import { displacedLog, openMetrics, recovering, startServer, TapHub, type FleetMember } from '../../server/index.js';
import type { Sink } from '../../sinks/index.js';
import type { Restored } from '../../sources/index.js';
import { auditTrail, DaemonAccess } from './access.js';
import { CertificateKeeper, readCertificate } from './upkeep/certificate.js';
import { ALERT_INTERVAL_MS, watchAlerts } from './upkeep/alerts.js';
import { doChores } from './upkeep/chores.js';
import { damagedPlaces } from './upkeep/damaged-places.js';
import { daemonDashboard } from './dashboard/dashboard.js';
import { healthBy, readinessBy, type Vitals } from './health.js';
import { openDaemonParts, type DaemonParts } from './parts.js';
import { sourceKinds } from '../inputs/index.js';
import { startIntakes, type Intakes } from './inputs/intakes.js';
import { knownNames } from './known-names.js';
import { leftUndone, ownFolders } from './upkeep/own-folders.js';
import { changesIntakes, changesProcessing, fixedAtStart, withFixed } from './plan-changes.js';
import type { ServePlan } from '../serve-plan.js';
import { applyRetention } from './upkeep/retention.js';
import { StateFolder } from './upkeep/state-folder.js';
import { FLOOD_SPAN_MS, type Talk } from '../talk.js';
import { watchClock } from './upkeep/watch-clock.js';

/** How long pending requests may take to finish. */
const REQUEST_GRACE_MS = 10_000;
/** How long stored events are processed before the daemon ends; the rest is processed at the next start. */
const DRAIN_GRACE_MS = 10_000;
/** How long a NATS server may be unavailable meanwhile. Work that it did not hear of is redone or still to do at the next start. */
const NATS_GRACE_MS = 10_000;
/** The delay before retrying what could not start when the NATS server came back. */
const NATS_RETRY_MS = 5000;
/** How often files that nothing is written to are tended. */
const TEND_INTERVAL_MS = 10_000;
/** How often outputs are checked for being renamed or removed while no events arrive. */
const LOOK_INTERVAL_MS = 500;
/** How soon a renewed certificate is served. */
const CERTIFICATE_INTERVAL_MS = 10_000;
/** How soon a created token becomes valid, and a revoked one invalid. */
const TOKENS_INTERVAL_MS = 1000;
const RETENTION_INTERVAL_MS = 3_600_000;

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly world: LogWorld;
  readonly talk: Talk;
  /** Takes the dead letters that no file takes. */
  readonly letters: Sink;
  /** Called when nobody reads standard output any more. */
  readonly onOutputClosed: () => void;
}

/** A running daemon. */
export interface Daemon {
  /** The URL at which the daemon listens. */
  readonly url: string;
  /** Whether access requires a token. */
  readonly asksForToken: () => boolean;
  /** Checks at once whether an output was renamed or removed. */
  checkOutputs(): Promise<void>;
  /** The sections of another plan that take effect at the next start only. */
  waiting(plan: ServePlan): readonly string[];
  /** Applies another plan, as far as possible without a restart. */
  reload(plan: ServePlan): Promise<void>;
  /** Records that a changed config was read, and whether it was applied or refused. */
  reloaded(ok: boolean): void;
  /** How long {@link Daemon.stop} may take, in milliseconds, before AI calls are cut off. */
  readonly drainMs: () => number;
  /**
   * Stops accepting events, processes what is stored for a while, and leaves everything at a checkpoint.
   *
   * @returns what could not be done because the daemon's folders are not in their place, as messages for the user
   */
  stop(): Promise<readonly string[]>;
}

/**
 * Opens the port, so that clients can query the daemon's health, recovers the log, starts the processing, and accepts events.
 *
 * @throws LogError; ConfigError, ComputoError for a pipeline that can't be compiled; the operating system's errors when the port
 *   can't be opened
 */
export async function startDaemon(firstPlan: ServePlan, context: DaemonOptions): Promise<Daemon> {
  const { world, talk } = context;
  let plan = firstPlan;
  const stopping = new AbortController();
  const metrics = await openMetrics(version, sourceKinds.names, world.elapsed);
  const damaged = damagedPlaces(talk, metrics.log.damaged);
  const onDamage = damaged.note;
  await metrics.know(knownNames(plan));
  const taps = new TapHub(world.elapsed);

  const { tls } = plan.listen;
  const certificate = tls && (await readCertificate(tls));
  const state = new StateFolder(plan.stateFolder);
  const access = await DaemonAccess.open(() => plan, state, talk);

  /** Undefined during the recovery of the log. */
  let opened: DaemonParts | undefined;
  const inside = (): DaemonParts => {
    if (opened === undefined) throw recovering();
    return opened;
  };
  const folders = ownFolders(() => opened?.log, state, talk);
  let intakes: Intakes | undefined;
  const vitals = async (): Promise<Vitals | undefined> => {
    if (opened === undefined) return undefined;
    const inner = await opened.vitals();
    const nats = [...inner.nats, ...(intakes?.health() ?? [])];
    const redriving = dashboard.redriving();
    const away = folders.check();
    return {
      ...inner,
      away,
      damaged: damaged.standing(),
      nats,
      freeBytesMin: plan.freeBytesMin,
      isDraining: stopping.signal.aborted,
      redriving,
    };
  };
  const onRestored = (restored: Restored): void => {
    talk.error('NATS had lost what we read from: it is recreated, and what it held may be lost', { ...restored });
    metrics.intakes.restored();
  };
  const members = (): readonly FleetMember[] | undefined => opened?.nats.fleet?.members();
  const dashboard = daemonDashboard({
    world: state.worldWithin(world),
    talk,
    letters: context.letters,
    metrics,
    plan: () => plan,
    inside,
    members,
    batches: () => opened?.pipelines.now.batches ?? [],
    signal: stopping.signal,
  });
  metrics.beforeLook(async () => {
    metrics.pipelines.showRetry(dashboard.redriving());
    metrics.process.showAway(folders.check());
    await opened?.show();
  });

  // Taken before the port is opened, so that clients reach the process that has the log.
  const lock = await takeLogLock(plan.log.folder, plan.log.command);
  const server = await startServer({
    ...plan.listen,
    tls: certificate,
    isRecovering: () => opened === undefined,
    store() {
      const { log } = inside();
      if (log.displaced !== undefined) throw displacedLog(log.displaced);
      return log;
    },
    settings: () => plan.settings,
    access: () => access.rules(),
    audit: auditTrail(talk),
    taps,
    dashboard,
    health: async () => healthBy(await vitals(), world.now()),
    readiness: async () => readinessBy(await vitals(), world.now()),
    metrics,
    fleet: members,
    now: world.now,
    elapsed: world.elapsed,
    onDamage,
    onBug: (error) =>
      talk.error('a bug in colloquium', { error: error instanceof Error ? error.stack : String(error) }),
  }).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  talk.info('the port is open, and the log is being recovered', { at: server.url, log: plan.log.folder });
  try {
    opened = await openDaemonParts(() => plan, { ...context, state, lock, metrics, taps, onDamage, onRestored });
  } catch (error) {
    await server.close(0);
    state.release();
    throw error;
  }
  const here = opened;
  const { log, nats, pipelines } = here;
  nats.fleet?.appear({ url: server.url });
  /** Starts what waited for a NATS server that was unavailable at the start. */
  const useNats = async (): Promise<void> => {
    nats.fleet?.appear({ url: server.url });
    await pipelines.renew(() => undefined);
    await restartIntakes();
  };
  const restartIntakes = async (): Promise<void> => {
    await intakes?.stop();
    intakes = startIntakes(plan, log, nats.link, world, state, tellers);
  };
  void nats.arrived?.then(async () => {
    while (!stopping.signal.aborted) {
      try {
        await pipelines.inTurn(useNats);
        return;
      } catch (error) {
        talk.error('what needs NATS could not begin', { error: String(error) });
        await world.wait(NATS_RETRY_MS, stopping.signal);
      }
    }
  });

  const keeper = tls && certificate && new CertificateKeeper(tls, certificate, server, talk);
  const tellers = { talk, meter: metrics.intakes, onRestored };
  intakes = startIntakes(plan, log, nats.link, world, state, tellers);
  const lookAtClock = watchClock({
    world,
    talk,
    onStep: () => metrics.process.clockStepped(),
    aheadMs: () => log.stats().clockAheadMs,
  });
  lookAtClock();
  const chores = doChores(
    [
      { everyMs: TEND_INTERVAL_MS, run: lookAtClock },
      { everyMs: TEND_INTERVAL_MS, run: () => pipelines.now.tend() },
      { everyMs: LOOK_INTERVAL_MS, run: () => void folders.check() },
      { everyMs: LOOK_INTERVAL_MS, run: () => pipelines.now.checkOutputs() },
      { everyMs: TOKENS_INTERVAL_MS, run: () => access.refresh() },
      {
        everyMs: RETENTION_INTERVAL_MS,
        run: () =>
          log.checkFolder() === undefined
            ? applyRetention(log, plan.retention, pipelines.now.processed, world.now(), talk)
            : undefined,
      },
      ...(keeper === undefined ? [] : [{ everyMs: CERTIFICATE_INTERVAL_MS, run: () => keeper.refresh() }]),
      { everyMs: FLOOD_SPAN_MS, run: () => talk.turn() },
      { everyMs: ALERT_INTERVAL_MS, run: watchAlerts({ ...world, metrics, talk, plan: () => plan.alerts }) },
    ],
    world,
    stopping.signal,
  );

  return {
    url: server.url,
    asksForToken: () => access.rules().open === 'no',
    checkOutputs: () => pipelines.now.checkOutputs(),
    waiting: (next) => fixedAtStart(plan, next),
    reload: (next) =>
      pipelines.inTurn(async () => {
        await keeper?.refresh();
        const before = plan;
        // Requests use the new settings from now on; events for new pipelines are stored until these run.
        plan = withFixed(before, next);
        state.use(plan.stateFolder);
        talk.setLevel(plan.logging.level);
        if (changesProcessing(before, next)) {
          await pipelines.renew(() => {
            plan = before;
            state.use(plan.stateFolder);
            talk.setLevel(plan.logging.level);
          });
        }
        await metrics.know(knownNames(plan));
        if (changesIntakes(before, next)) await restartIntakes();
      }),
    reloaded: (ok) => metrics.process.reloaded(ok),
    drainMs: () => plan.drainMs,
    async stop() {
      stopping.abort();
      const { drainMs } = plan;
      const endsAt = world.elapsed() + drainMs;
      const ended = new AbortController();
      const cutting = world.wait(drainMs, ended.signal).then(async () => {
        if (!ended.signal.aborted) reportAborted(await pipelines.abortCalls(), talk);
      });
      nats.giveUpAfter(Math.min(NATS_GRACE_MS, drainMs));
      await Promise.all([server.close(Math.min(REQUEST_GRACE_MS, drainMs)), intakes?.stop()]);
      await pipelines.drain(Math.min(DRAIN_GRACE_MS, Math.max(0, endsAt - world.elapsed())));
      ended.abort();
      await cutting;
      await chores;
      const left = await leftUndone(folders.check(), log, pipelines.now.processed);
      await here.close();
      state.release();
      return left;
    },
  };
}

/** The most calls that are named one by one. */
const NAMED_MAX = 20;

function reportAborted(calls: readonly string[], talk: Talk): void {
  if (calls.length === 0) return;
  const named = calls.slice(0, NAMED_MAX).join('; ');
  const message =
    'AI calls were cut off and are in doubt (processing.drain_timeout): colloquium journal doubtful names them';
  talk.warn(message, { count: calls.length, calls: calls.length > NAMED_MAX ? `${named}; …` : named });
}
