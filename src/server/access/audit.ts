import { networkOf } from './rate-limit.js';

/** The number of refusals per network and period that are logged individually. */
const TOLD_EACH_MAX = 10;
/** Networks that are counted separately in a period; refusals of all others are counted together. */
const NETWORKS_MAX = 100;
const PERIOD_MS = 60_000;

/** A rejected request or an admin's action: a line of the audit log. */
export interface AuditEntry {
  readonly method: string;
  /** Without the query: it may contain a secret. */
  readonly path: string;
  readonly status: number;
  readonly address: string;
  /** The token's id. */
  readonly token?: string;
  readonly reason?: string;
}

/** The destination of audit lines. */
export interface AuditTrail {
  /** Logs an admin's action. */
  readonly action: (entry: AuditEntry) => void;
  readonly refused: (entry: AuditEntry) => void;
  /** Logs how many more requests were rejected from a network, or, if undefined, from all networks beyond the limit. */
  readonly refusedMore: (network: string | undefined, count: number) => void;
}

/**
 * Logs rejected requests: individually while they are few, only their number when they are many, so that nobody can fill the disk
 * with them.
 */
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

  /** Logs a period's totals once it is over. Call this about once a second. */
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
