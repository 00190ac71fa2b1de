import type { StoreLocation } from '../../ai/index.js';
import { useSection, type LoadedConfig } from '../../config/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { FleetPlan } from '../fleet-plan.js';
import type { MembersPlace } from './members.js';

/**
 * @param join the server's address, if a flag names one: then the daemon joins whatever the config says
 * @returns undefined if the daemon works alone
 */
export function resolveFleet(config: LoadedConfig, join: string | undefined): FleetPlan | undefined {
  const fleet = useSection(config, 'fleet');
  if (join === undefined && !fleet.join) return undefined;
  return {
    name: fleet.name,
    urls: join?.split(','),
    orderBy: fleet.order_by,
    partitions: fleet.partitions,
    ackWaitMs: fleet.ack_wait,
    deliveriesMax: fleet.max_deliveries,
    replicas: fleet.replicas,
  };
}

/** Where the journal, ledger and budget that all members share are stored. */
export function sharedStore({ name, replicas }: FleetPlan, link: NatsLink): StoreLocation {
  return { kind: 'nats', link, prefix: bucketPrefix(name), replicas };
}

/** Where the fleet's members show themselves. */
export function membersPlace({ name, replicas }: FleetPlan): MembersPlace {
  return { bucket: `${bucketPrefix(name)}_members`, replicas };
}

/** The prefix of the names of a fleet's buckets. */
function bucketPrefix(fleet: string): string {
  return `colloquium-${fleet}`;
}
