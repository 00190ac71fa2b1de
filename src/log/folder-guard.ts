import { HeldFolder } from '../files/index.js';
import type { Lock } from '../world/lock/index.js';
import { DisplacedError } from './log-error.js';

/** Checks whether a log's path still leads to the folder that its writer has locked. */
export class FolderGuard {
  readonly #held: HeldFolder;
  /** Called when the folder is back. */
  onBack: () => void = () => undefined;
  #isReleased = false;
  #known: DisplacedError | undefined;

  /** @throws the operating system's errors if the folder is already gone */
  constructor(
    private readonly folder: string,
    private readonly lock: Pick<Lock, 'isHeld'>,
  ) {
    this.#held = new HeldFolder(folder);
  }

  /** What had happened to the folder at the last check; undefined: nothing. */
  get known(): DisplacedError | undefined {
    return this.#known;
  }

  /** Checks what happened to the folder; undefined: nothing. Cheap in that case: one look at the lock file. */
  displacement(): DisplacedError | undefined {
    if (this.#isReleased || this.lock.isHeld()) {
      const wasAway = this.#known !== undefined;
      this.#known = undefined;
      if (wasAway) this.onBack();
      return undefined;
    }
    const state = this.#held.check();
    const displacement = state === 'there' ? 'emptied' : state;
    if (this.#known?.displacement !== displacement) this.#known = new DisplacedError(this.folder, displacement);
    return this.#known;
  }

  /** @throws DisplacedError */
  check(): void {
    const error = this.displacement();
    if (error !== undefined) throw error;
  }

  /** Call this when the lock is released: later readers read whatever is at the log's path. */
  release(): void {
    this.#isReleased = true;
    this.#held.release();
  }
}
