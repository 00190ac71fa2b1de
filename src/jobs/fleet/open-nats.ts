import type { LogWorld } from '../../log/index.js';
import { closeWhenAway, NatsUnavailableError, type LinkState, type NatsLink } from '../../nats/index.js';
import type { HealthComponent } from '../../server/index.js';
import { outputKinds } from '../../sinks/kinds/index.js';
import { sourceKinds } from '../inputs/index.js';
import type { ServePlan } from '../serve-plan.js';
import type { Talk } from '../talk.js';
import type { Fleet } from './fleet.js';
import { reasonOf } from '../reason-of.js';

/** A daemon's use of NATS: nothing, if its config names no server. */
export interface DaemonNats {
  /** Undefined: the config names no server, or it has been unavailable since the start. */
  readonly link: NatsLink | undefined;
  readonly fleet: Fleet | undefined;
  health(): readonly HealthComponent[];
  /** Resolves when a server that was unavailable at the start is there. Undefined: no server was unavailable. */
  readonly arrived: Promise<void> | undefined;
  /** From now on, waits for an unavailable server at most this many milliseconds. */
  giveUpAfter(ms: number): void;
  close(): Promise<void>;
}

const NONE: DaemonNats = {
  link: undefined,
  fleet: undefined,
  health: () => [],
  arrived: undefined,
  giveUpAfter: () => undefined,
  close: () => Promise.resolve(),
};

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 5000;

/**
 * Connects, and joins the fleet if there is one. If no server answers, reports that and keeps waiting for it.
 *
 * @throws JobError when the server can't be used; ConfigError
 */
export async function openNats(plan: ServePlan, world: LogWorld, talk: Talk): Promise<DaemonNats> {
  if (!needsNats(plan)) return NONE;
  const nats = new ConnectedNats(plan, world, talk);
  await nats.begin();
  return nats;
}

/** A daemon's use of NATS if its config names a server. */
class ConnectedNats implements DaemonNats {
  link: NatsLink | undefined;
  fleet: Fleet | undefined;
  arrived: Promise<void> | undefined;
  readonly #closing = new AbortController();
  readonly #startedAt: number;
  #away = '';
  #endWatch = (): void => undefined;

  constructor(
    private readonly plan: ServePlan,
    private readonly world: LogWorld,
    private readonly talk: Talk,
  ) {
    this.#startedAt = world.now();
  }

  /** @throws as {@link openNats} */
  async begin(): Promise<void> {
    if (await this.#connect()) return;
    this.talk.error('NATS is away: events are stored, and what needs it waits', { reason: this.#away });
    this.arrived = this.#keepTrying();
  }

  health(): readonly HealthComponent[] {
    return [natsHealth(this.link?.state ?? { kind: 'away', since: this.#startedAt }, this.world.now())];
  }

  giveUpAfter(ms: number): void {
    if (this.link === undefined) this.#closing.abort();
    else this.#endWatch = closeWhenAway(this.link, ms);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#endWatch();
    await this.fleet?.leave();
    await this.link?.close();
  }

  /** @returns whether the server is available */
  async #connect(): Promise<boolean> {
    const { config, fleet, settings } = this.plan;
    const [{ openLink }, { joinFleet }] = await Promise.all([import('./open-link.js'), import('./fleet.js')]);
    try {
      const link = await openLink(config, fleet?.urls);
      this.fleet = fleet && (await joinFleet(link, fleet, settings.depthMax, this.world));
      this.link = link;
      link.onAway(() => this.talk.warn('NATS is away: events are stored, and what needs it waits'));
      link.onBack(() => this.talk.info('NATS is there'));
      return true;
    } catch (error) {
      if (!(error instanceof NatsUnavailableError && error.isUnreachable)) throw error;
      this.#away = error.message;
      return false;
    }
  }

  /** Never resolves if it is ended before it succeeds. */
  async #keepTrying(): Promise<void> {
    for (let delayMs = RETRY_MIN_MS; ; delayMs = Math.min(RETRY_MAX_MS, delayMs * 2)) {
      await this.world.wait(delayMs, this.#closing.signal);
      if (this.#isClosing()) return new Promise(() => undefined);
      try {
        if (await this.#connect()) break;
      } catch (error) {
        // The server is there but refuses us; its operator may change that.
        this.talk.error('NATS cannot be used', { error: reasonOf(error) });
      }
    }
    if (this.#isClosing()) await this.close();
    else this.talk.info('NATS is there');
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }
}

/** Whether a daemon needs NATS. */
export function needsNats({ fleet, pipelines, sources }: Pick<ServePlan, 'fleet' | 'pipelines' | 'sources'>): boolean {
  return (
    fleet !== undefined || hasSubjects(pipelines) || sources.some((source) => sourceKinds.of(source).needsNats === true)
  );
}

/** Whether any pipeline writes to NATS. */
export function hasSubjects(pipelines: ServePlan['pipelines']): boolean {
  return pipelines.some(({ outputs }) => outputs.some((output) => outputKinds.of(output).to === 'nats'));
}

function natsHealth(state: LinkState, now: number): HealthComponent {
  const name = 'nats';
  if (state.kind === 'connected') return { name, status: 'healthy' };
  const seconds = Math.round((now - state.since) / 1000);
  return { name, status: 'degraded', error: `the server is away for ${seconds} s: events wait` };
}
