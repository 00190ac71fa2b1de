import { Readable } from 'node:stream';
import type { AccessRole } from '../access/index.js';
import { busy } from '../http-error.js';
import { Shares } from '../shares.js';
import type { Snapshot } from '../metrics/index.js';
import type { BatchesLook } from './batches.js';
import type { FleetMember } from './fleet.js';
import { History } from './history.js';

/** The most pages that can be open at a time. One caller gets at most half of the free ones. */
const READERS_MAX = 64;

/** A reader with this much unread data gets no more until it has read: newer numbers replace the unread ones. */
const WAITING_BYTES_MAX = 256 << 10;

/** The buckets of histograms and the numbers of Node.js are only for Prometheus. */
const SHOWN = /^colloquium_(?!.*_bucket)/;

export interface FeedClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  elapsed(): number;
}

/**
 * The daemon's numbers as server-sent events, once a second, while somebody is watching: each event holds everything that
 * `/metrics` says about Colloquium, as `[name, labels, value]`, in a fleet all members, and the batches that have not ended. Before them comes the last hour.
 */
export class Feed {
  readonly #readers = new Map<Readable, AccessRole>();
  readonly #shares = new Shares(() => READERS_MAX);
  readonly #history = new History();
  #isLooking = false;

  constructor(
    private readonly snapshot: () => Promise<Snapshot>,
    private readonly clock: FeedClock,
    /** Undefined without a fleet. */
    private readonly members: () => readonly FleetMember[] | undefined,
    /** Those of the last snapshot; undefined: there are none. */
    private readonly batches: () => BatchesLook | undefined,
  ) {}

  /**
   * @param payer the account that it is charged to
   * @throws HttpError 503 when too many are open
   */
  open(role: AccessRole, payer: string): Readable {
    if (!this.#shares.take(payer, 1)) {
      throw busy('too many dashboards are open: a token may have half of the free ones');
    }
    const stream = new Readable({
      read: () => undefined,
      destroy: (error, done) => {
        this.#readers.delete(stream);
        this.#shares.give(payer, 1);
        done(error);
      },
    });
    stream.push(`event: history\ndata: ${JSON.stringify(this.#history.points)}\n\n`);
    this.#readers.set(stream, role);
    // The browser reconnects soon after a restart of the daemon.
    stream.push('retry: 1000\n\n');
    void this.#recheck([[stream, role]]);
    return stream;
  }

  /** Call this about once a second: the history is kept when nobody is watching, too. */
  sweep(): void {
    const isDue = this.#history.isDue(this.clock.elapsed());
    if ((this.#readers.size === 0 && !isDue) || this.#isLooking) return;
    this.#isLooking = true;
    void this.#recheck([...this.#readers]).finally(() => (this.#isLooking = false));
  }

  close(): void {
    for (const stream of this.#readers.keys()) stream.push(null);
  }

  async #recheck(readers: readonly (readonly [Readable, AccessRole])[]): Promise<void> {
    const snapshot = await this.snapshot();
    const at = this.clock.now();
    const point = this.#history.add(snapshot, at, this.clock.elapsed());
    if (readers.length === 0) return;
    const [members, batches] = [this.members(), this.batches()];
    const samples = snapshot
      .filter(({ name }) => SHOWN.test(name))
      .map(({ name, labels, value }) => [name, labels, value] as const);
    for (const [stream, role] of readers) {
      if (!this.#readers.has(stream) || stream.readableLength > WAITING_BYTES_MAX) continue;
      stream.push(`data: ${JSON.stringify({ at, role, samples, members, batches, point })}\n\n`);
    }
  }
}
