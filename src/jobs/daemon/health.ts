import type { ProviderStatus } from '../../ai/index.js';
import type { LogStats } from '../../log/index.js';
import type { RetryProgress } from '../../pipeline/letters/index.js';
import {
  healthOf,
  readinessOf,
  type DiskSpace,
  type Health,
  type HealthComponent,
  type Readiness,
} from '../../server/index.js';
import type { Damaged } from './upkeep/damaged-places.js';
import type { FoldersAway } from './upkeep/own-folders.js';
import { clockHealth } from './upkeep/watch-clock.js';

/** The facts from which a daemon's health is determined. */
export interface Vitals {
  readonly engine: HealthComponent;
  /** The connection to NATS, if there is one. */
  readonly nats: readonly HealthComponent[];
  readonly log: Pick<LogStats, 'memoryRecords' | 'clockAheadMs'>;
  /** Which of the daemon's own folders are not in their place. */
  readonly away: FoldersAway;
  /** Where stored events are lost; undefined: nowhere. */
  readonly damaged: Damaged | undefined;
  /** Why nothing can be stored. */
  readonly writeError: string | undefined;
  readonly space: DiskSpace | undefined;
  /** In bytes; with less free space the disk counts as nearly full. */
  readonly freeBytesMin: number;
  /** Empty if no pipeline asks any provider. */
  readonly providers: readonly ProviderStatus[];
  readonly isDraining: boolean;
  /** Undefined: no dead letters are being retried. */
  readonly redriving: RetryProgress | undefined;
}

const RECOVERING = 'the log is being recovered';

/** The health of the daemon's components. @param vitals undefined: the log is being recovered */
export function healthBy(vitals: Vitals | undefined, now: number): Health {
  if (vitals === undefined) {
    const waits = { status: 'stopped', error: RECOVERING } as const;
    return healthOf(
      [
        { name: 'stream_engine', ...waits },
        { name: 'storage', ...waits },
      ],
      now,
    );
  }
  const providers = vitals.providers.map((one) => provider(one, now));
  const clock = clockHealth(vitals.log.clockAheadMs, now);
  return healthOf(
    [vitals.engine, storage(vitals), ...state(vitals), ...clock, ...redriving(vitals), ...vitals.nats, ...providers],
    now,
  );
}

/**
 * Whether events should be sent to this daemon. A pipeline that waits or has stopped does not keep events from being stored.
 *
 * @param vitals undefined: the log is being recovered
 */
export function readinessBy(vitals: Vitals | undefined, now: number): Readiness {
  if (vitals === undefined) return readinessOf([RECOVERING]);
  const { isDraining, away, writeError, providers } = vitals;
  const full = nearlyFull(vitals);
  return readinessOf([
    ...(isDraining ? ['draining'] : []),
    ...(away.log === undefined ? [] : [away.log]),
    ...(writeError === undefined ? [] : ['events cannot be stored']),
    ...(full === undefined ? [] : [full]),
    ...(providers.length > 0 && providers.every((one) => !isUp(one, now)) ? ['no AI provider is up'] : []),
  ]);
}

function storage(vitals: Vitals): HealthComponent {
  const name = 'storage';
  const more = { memory_events: vitals.log.memoryRecords };
  if (vitals.away.log !== undefined) return { name, status: 'unhealthy', error: vitals.away.log, ...more };
  if (vitals.writeError !== undefined) {
    return { name, status: 'unhealthy', error: 'events cannot be stored', ...more };
  }
  const troubles = [damage(vitals), nearlyFull(vitals)].filter((words) => words !== undefined);
  if (troubles.length === 0) return { name, status: 'healthy', ...more };
  return { name, status: 'degraded', error: troubles.join('; '), ...more };
}

function damage({ damaged }: Vitals): string | undefined {
  if (damaged === undefined) return undefined;
  const { places, first } = damaged;
  const where = places === 1 ? 'in one place' : `in ${places} places, the first of them`;
  return `the log is damaged ${where}: ${first}`;
}

/** Included only if something is wrong with the state folder. */
function state({ away }: Vitals): readonly HealthComponent[] {
  return away.state === undefined ? [] : [{ name: 'state', status: 'unhealthy', error: away.state }];
}

/** The progress of retrying dead letters, while that runs. */
function redriving({ redriving: progress }: Vitals): readonly HealthComponent[] {
  if (progress === undefined) return [];
  const { retried, bytes, bytesDone } = progress;
  return [{ name: 'dead_letters', status: 'healthy', redriven: retried, bytes_left: bytes - bytesDone }];
}

function nearlyFull({ space, freeBytesMin }: Vitals): string | undefined {
  if (space === undefined || space.freeBytes >= freeBytesMin) return undefined;
  return `the disk of the log is nearly full: ${Math.floor(space.freeBytes / 1e6)} MB left (storage.min_free)`;
}

function provider({ name, breaker }: ProviderStatus, now: number): HealthComponent {
  switch (breaker.kind) {
    case 'closed':
      return { name, status: 'healthy' };
    case 'half-open':
      return { name, status: 'degraded', error: 'it failed, and a call finds out whether it works again' };
    case 'open':
    case 'down': {
      const why = breaker.kind === 'down' ? breaker.reason : `${breaker.failures} failures in a row`;
      const wait = Number.isFinite(breaker.until) ? `, asked again in ${Math.max(0, breaker.until - now)} ms` : '';
      return { name, status: 'unhealthy', error: `${why}${wait}` };
    }
  }
}

function isUp({ breaker }: ProviderStatus, now: number): boolean {
  return breaker.kind === 'closed' || breaker.kind === 'half-open' || breaker.until <= now;
}
