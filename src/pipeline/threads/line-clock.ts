import { isSame, type WorkerPlace } from './work-place.js';

/** Measures how long a worker has been at one line, by sampling its place from time to time. */
export class LineClock {
  #place: WorkerPlace | undefined;
  #ms = 0;
  #lookedAt = 0;

  /** @param stepMsMax the maximum time counted between two samples: a process that was suspended or starved says nothing about its lines */
  constructor(private readonly stepMsMax: number) {}

  /** How long the worker has been at its last seen line; 0: it was at none. */
  get ms(): number {
    return this.#ms;
  }

  /** @param now milliseconds, by a clock that never jumps */
  observe(place: WorkerPlace | undefined, now: number): void {
    const stays = place !== undefined && this.#place !== undefined && isSame(place, this.#place);
    this.#ms = stays ? this.#ms + Math.min(now - this.#lookedAt, this.stepMsMax) : 0;
    this.#place = place;
    this.#lookedAt = now;
  }
}
