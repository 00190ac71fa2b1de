import type { AiWorld } from '../ai-world.js';
import type { BatchHttpError } from '../provider/index.js';
import { UNREACHABLE_MS, UNREACHABLE_TRIES } from './unreachable.js';

/** What a provider is asked about a batch. One step may work while another never does. */
export type BatchStepName = 'send' | 'poll' | 'fetch' | 'cancel';

interface Silence {
  readonly since: number;
  readonly times: number;
  readonly isLasting: boolean;
  readonly message: string;
}

const STEPS: readonly BatchStepName[] = ['send', 'poll', 'fetch', 'cancel'];

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

  answered(provider: string, step: BatchStepName): void {
    this.#answered.add(provider);
    this.#silent.delete(keyOf(provider, step));
  }

  /**
   * @param isBusy the provider works on others meanwhile, and is not given up for that
   * @returns whether this has not happened since the provider's last answer
   */
  failed(provider: string, step: BatchStepName, { message, lasting }: BatchHttpError, isBusy = false): boolean {
    const before = this.#silent.get(keyOf(provider, step));
    const { times, isLasting } = before ?? { times: 0, isLasting: true };
    const since = isBusy ? this.#world.now() : (before?.since ?? this.#world.now());
    this.#silent.set(keyOf(provider, step), { since, times: times + 1, isLasting: isLasting && lasting, message });
    return before?.message !== message;
  }

  /** Returns the last failure of a provider that is given up. One that never answered is set up wrong: it is given up sooner. */
  givenUp(provider: string): string | undefined {
    const messages = STEPS.flatMap((step) => this.#givenUp(provider, step) ?? []);
    return messages[0];
  }

  #givenUp(provider: string, step: BatchStepName): string | undefined {
    const silence = this.#silent.get(keyOf(provider, step));
    if (silence === undefined) return undefined;
    const { since, times, isLasting, message } = silence;
    const waited = this.#world.now() - since;
    const isWrong = isLasting && times >= UNREACHABLE_TRIES && !this.#answered.has(provider);
    return waited >= (isWrong ? Math.min(UNREACHABLE_MS, this.#waitMs) : this.#waitMs) ? message : undefined;
  }
}

function keyOf(provider: string, step: BatchStepName): string {
  return `${step} ${provider}`;
}
