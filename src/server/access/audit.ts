import { networkOf } from './rate-limit.js';

/** Refusals of one network that are told one by one, in each period. */
const TOLD_EACH_MAX = 10;
/** Networks that are told apart in a period; the refusals of others are counted together. */
const NETWORKS_MAX = 100;
const PERIOD_MS = 60_000;

/** A request that was refused, or an action of an admin: a line of the audit log. */
export interface AuditEntry {
  readonly method: string;
  /** Without the query: a secret may stand there. */
  readonly path: string;
  readonly status: number;
  readonly address: string;
  /** The id of the token. */
  readonly token?: string;
  readonly reason?: string;
}

/** Where the lines go. */
export interface AuditTrail {
  /** What an admin did. */
  readonly action: (entry: AuditEntry) => void;
  readonly refused: (entry: AuditEntry) => void;
  /** So many more were refused, from this network, or from others than those that were told. */
  readonly refusedMore: (network: string | undefined, count: number) => void;
}

/** Tells of refused requests, each while they are few, their number when they are many: nobody can fill the disk with them. */
export class RefusalLog {
  readonly #counts = new Map<string, number>();
  #others = 0;
  #periodEnd = 0;

  constructor(
    private readonly trail: AuditTrail,
    private readonly elapsed: () => number,
  ) {}

  add(entry: AuditEntry): void {
    const network = networkOf(entry.address);
    const before = this.#counts.get(network);
    if (before === undefined && this.#counts.size >= NETWORKS_MAX) {
      this.#others += 1;
      return;
    }
    if (this.#counts.size === 0) this.#periodEnd = this.elapsed() + PERIOD_MS;
    this.#counts.set(network, (before ?? 0) + 1);
    if ((before ?? 0) < TOLD_EACH_MAX) this.trail.refused(entry);
  }

  /** Tells what a period came to, once it is over: to be called about once a second. */
  sweep(): void {
    if (this.#counts.size > 0 && this.elapsed() >= this.#periodEnd) this.flush();
  }

  flush(): void {
    for (const [network, count] of this.#counts)
      if (count > TOLD_EACH_MAX) this.trail.refusedMore(network, count - TOLD_EACH_MAX);
    if (this.#others > 0) this.trail.refusedMore(undefined, this.#others);
    this.#counts.clear();
    this.#others = 0;
  }
}
