import { isSame, type WorkerPlace } from './work-place.js';

/** Measures how long a worker has been at one line, by looks at it from time to time. */
export class LineClock {
  #place: WorkerPlace | undefined;
  #ms = 0;
  #lookedAt = 0;

  /**
   * @param stepMsMax no more than this counts between two looks: a process that was stopped, or was given no time, says nothing of
   *   its lines
   */
  constructor(private readonly stepMsMax: number) {}

  /** How long it was at the line where it was seen last; 0: at none. */
  get ms(): number {
    return this.#ms;
  }

  /** @param now milliseconds, by a clock that never jumps */
  look(place: WorkerPlace | undefined, now: number): void {
    const stays = place !== undefined && this.#place !== undefined && isSame(place, this.#place);
    this.#ms = stays ? this.#ms + Math.min(now - this.#lookedAt, this.stepMsMax) : 0;
    this.#place = place;
    this.#lookedAt = now;
  }
}
