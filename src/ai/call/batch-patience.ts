import type { AiWorld } from '../ai-world.js';
import type { BatchHttpError } from '../provider/index.js';
import { UNREACHABLE_MS, UNREACHABLE_TRIES } from './unreachable.js';

interface Silence {
  readonly since: number;
  readonly times: number;
  readonly isLasting: boolean;
  readonly message: string;
}

/** Knows for how long each provider has answered nothing about batches. */
export class BatchPatience {
  readonly #world: Pick<AiWorld, 'now'>;
  readonly #waitMs: number;
  readonly #silent = new Map<string, Silence>();
  readonly #answered = new Set<string>();

  /** @param waitMs how long to wait for a provider. Infinity: as long as it takes */
  constructor(world: Pick<AiWorld, 'now'>, waitMs: number) {
    this.#world = world;
    this.#waitMs = waitMs;
  }

  answered(provider: string): void {
    this.#answered.add(provider);
    this.#silent.delete(provider);
  }

  /** @returns whether this has not happened since the provider's last answer */
  failed(provider: string, { message, lasting }: BatchHttpError): boolean {
    const before = this.#silent.get(provider);
    const { since, times, isLasting } = before ?? { since: this.#world.now(), times: 0, isLasting: true };
    this.#silent.set(provider, { since, times: times + 1, isLasting: isLasting && lasting, message });
    return before?.message !== message;
  }

  /** Returns the last failure of a provider that is given up. One that never answered is set up wrong: it is given up sooner. */
  givenUp(provider: string): string | undefined {
    const silence = this.#silent.get(provider);
    if (silence === undefined) return undefined;
    const { since, times, isLasting, message } = silence;
    const waited = this.#world.now() - since;
    const isWrong = isLasting && times >= UNREACHABLE_TRIES && !this.#answered.has(provider);
    return waited >= (isWrong ? Math.min(UNREACHABLE_MS, this.#waitMs) : this.#waitMs) ? message : undefined;
  }
}
