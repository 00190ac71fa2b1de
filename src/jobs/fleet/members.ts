import { setTimeout as wait } from 'node:timers/promises';
import type { KV, KvWatchEntry } from '@nats-io/kv';
import { onAbort } from '../../world/index.js';
import type { FleetMember } from '../../server/index.js';
import { keepTrying, textOfToken, tokenOf, type NatsLink } from '../../nats/index.js';

/** How often a member shows that it is alive. */
const BEAT_MS = 2000;
/** A member that was not seen for this long is gone. */
const GONE_MS = 10_000;
const REWATCH_MS = 1000;

/** Knows who belongs to a fleet. */
export interface Members {
  /** The members that were seen lately, including this one, in the order in which they joined. */
  list(): readonly FleetMember[];
  /** Whether a member was not seen for long. While the server is unavailable nobody can be seen, so nobody counts as gone. */
  isGone(member: string): boolean;
  leave(): Promise<void>;
}

/** Where the members of a fleet publish their records. */
export interface MembersPlace {
  readonly bucket: string;
  readonly replicas: number;
}

/** After an outage of the server, every live member has shown itself again within this time. */
export const REAPPEAR_MS = 8000;

/** The members that can be seen now, for a look from outside. */
export async function presentMembers(link: NatsLink, place: MembersPlace): Promise<ReadonlySet<string>> {
  return keepTrying(link, async () => {
    const bucket = await openBucket(link, place);
    const present = new Set<string>();
    for await (const key of await bucket.keys()) present.add(textOfToken(key));
    return present;
  });
}

/**
 * Shows a member to the others, and watches them. A beat is a record that the server expires by itself; its arrival is timed by
 * our own clock, so that other machines' clocks don't matter.
 *
 * @param elapsed milliseconds; never jumps
 */
export async function joinMembers(
  link: NatsLink,
  place: MembersPlace,
  self: { readonly id: string; readonly report: () => FleetMember },
  elapsed: () => number,
): Promise<Members> {
  const bucket = await keepTrying(link, () => openBucket(link, place));
  const leaving = new AbortController();
  const seen = new Map<string, { readonly at: number; readonly report: FleetMember }>();
  let watchedSince = elapsed();
  const endBack = link.onBack(() => (watchedSince = elapsed()));

  const note = ({ key, operation, value }: KvWatchEntry): void => {
    const id = textOfToken(key);
    const report = operation === 'PUT' ? reportOf(value) : undefined;
    if (report === undefined) seen.delete(id);
    else seen.set(id, { at: elapsed(), report });
  };
  const isFresh = (at: number): boolean => elapsed() - Math.max(at, watchedSince) < GONE_MS;

  const watch = async (): Promise<void> => {
    while (!leaving.signal.aborted) {
      try {
        const beats = await bucket.watch();
        const stop = (): void => beats.stop();
        const leave = onAbort(leaving.signal, stop);
        for await (const beat of beats) note(beat);
        leave();
      } catch {
        // The server is unavailable.
      }
      await rest(REWATCH_MS, leaving.signal);
    }
  };
  const beat = async (): Promise<void> => {
    while (!leaving.signal.aborted) {
      await show(bucket, self).catch(() => undefined);
      for (const [id, { at }] of seen) if (!isFresh(at)) seen.delete(id);
      await rest(BEAT_MS, leaving.signal);
    }
  };
  await keepTrying(link, () => show(bucket, self));
  const work = [watch(), beat()];

  return {
    list: () =>
      [...seen.values()].map(({ report }) => report).sort((a, b) => a.since - b.since || a.url.localeCompare(b.url)),
    isGone(member) {
      if (link.state.kind === 'away') return false;
      return !isFresh(seen.get(member)?.at ?? 0);
    },
    async leave() {
      leaving.abort();
      endBack();
      await Promise.all(work);
      await bucket.delete(tokenOf(self.id)).catch(() => undefined);
    },
  };
}

function openBucket(link: NatsLink, { bucket, replicas }: MembersPlace): Promise<KV> {
  return link.bucket(bucket, { history: 1, ttl: GONE_MS, replicas });
}

async function show(
  bucket: KV,
  { id, report }: { readonly id: string; readonly report: () => FleetMember },
): Promise<void> {
  await bucket.put(tokenOf(id), JSON.stringify(report()));
}

function reportOf(value: Uint8Array): FleetMember | undefined {
  try {
    return JSON.parse(Buffer.from(value).toString('utf8')) as FleetMember;
  } catch {
    return undefined;
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}
