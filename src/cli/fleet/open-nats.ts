import type { World } from '../../log/index.js';
import { closeWhenAway, type NatsLink } from '../../nats/index.js';
import type { HealthComponent } from '../../server/index.js';
import type { ServePlan } from '../serve/plan.js';
import type { Fleet } from './fleet.js';

/** What a daemon has of NATS: nothing, where its config names none. */
export interface DaemonNats {
  readonly link: NatsLink | undefined;
  readonly fleet: Fleet | undefined;
  health(): readonly HealthComponent[];
  /** From now on a server that is away for so many milliseconds is not waited for any more. */
  giveUpAfter(ms: number): void;
  close(): Promise<void>;
}

const NONE: DaemonNats = {
  link: undefined,
  fleet: undefined,
  health: () => [],
  giveUpAfter: () => undefined,
  close: () => Promise.resolve(),
};

/**
 * Connects, and joins the fleet if there is one to join.
 *
 * @throws UserError when the server can't be used; ConfigError
 */
export async function openNats(plan: ServePlan, world: World): Promise<DaemonNats> {
  if (!needsNats(plan)) return NONE;
  const [{ openLink }, { joinFleet }] = await Promise.all([import('./open-link.js'), import('./fleet.js')]);
  const link = await openLink(plan.config, plan.fleet?.urls);
  const fleet = plan.fleet && (await joinFleet(link, plan.fleet, plan.settings.depthMax, world));
  let endWatch = (): void => undefined;
  return {
    link,
    fleet,
    health: () => [natsHealth(link, world.now())],
    giveUpAfter: (ms) => (endWatch = closeWhenAway(link, ms)),
    async close() {
      endWatch();
      await fleet?.leave();
      await link.close();
    },
  };
}

/** Whether a daemon has anything to do with NATS. */
export function needsNats({ fleet, pipelines, sources }: ServePlan): boolean {
  return fleet !== undefined || hasSubjects(pipelines) || sources.some(({ kind }) => kind === 'nats');
}

/** Whether any of them writes to NATS. */
export function hasSubjects(pipelines: ServePlan['pipelines']): boolean {
  return pipelines.some(({ outputs }) => outputs.some(({ kind }) => kind === 'nats'));
}

function natsHealth({ state }: NatsLink, now: number): HealthComponent {
  const name = 'nats';
  if (state.kind === 'connected') return { name, status: 'healthy' };
  const seconds = Math.round((now - state.since) / 1000);
  return { name, status: 'degraded', error: `the server is away for ${seconds} s: events wait` };
}
