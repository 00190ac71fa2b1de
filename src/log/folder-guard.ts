import { HeldFolder } from '../files/index.js';
import type { Lock } from '../world/lock/index.js';
import { DisplacedError } from './log-error.js';

/** Knows whether a log's path still leads to the folder that its writer has locked. */
export class FolderGuard {
  readonly #held: HeldFolder;
  /** Called when the folder is back. */
  onBack: () => void = () => undefined;
  #isReleased = false;
  #known: DisplacedError | undefined;

  /** @throws the operating system's errors when the folder is gone already */
  constructor(
    private readonly folder: string,
    private readonly lock: Pick<Lock, 'isHeld'>,
  ) {
    this.#held = new HeldFolder(folder);
  }

  /** What became of the folder, as it was seen last; undefined: nothing. */
  get known(): DisplacedError | undefined {
    return this.#known;
  }

  /** What has become of the folder; undefined: nothing. Quick while nothing has: one look at the lock's file. */
  look(): DisplacedError | undefined {
    if (this.#isReleased || this.lock.isHeld()) {
      const wasAway = this.#known !== undefined;
      this.#known = undefined;
      if (wasAway) this.onBack();
      return undefined;
    }
    const state = this.#held.look();
    const displacement = state === 'there' ? 'emptied' : state;
    if (this.#known?.displacement !== displacement) this.#known = new DisplacedError(this.folder, displacement);
    return this.#known;
  }

  /** @throws DisplacedError */
  check(): void {
    const error = this.look();
    if (error !== undefined) throw error;
  }

  /** To be called when the lock is given back: whoever reads the log after that reads what is at its path. */
  release(): void {
    this.#isReleased = true;
    this.#held.release();
  }
}
