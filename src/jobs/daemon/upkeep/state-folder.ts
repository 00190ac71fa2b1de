import { HeldFolder, type HeldFolderState } from '../../../files/index.js';
import { guardedDisk, type LogWorld } from '../../../log/index.js';
import { makeStateFolder } from '../../state-folder.js';

const REASONS: Readonly<Record<Exclude<HeldFolderState, 'there'>, string>> = {
  gone:
    'the state folder is gone: it was moved away or removed while the daemon runs. Nothing is processed. ' +
    'Move it back, and it goes on by itself; if it was removed, restart with --from-scratch, which processes all stored events again',
  replaced:
    'another folder has taken the place of the state folder while the daemon runs. Nothing is processed, and nothing written to it. ' +
    'Put the former one back, and it continues by itself; restart to use the new one',
};

/** The state folder is not in its place. */
export class StateDisplacedError extends Error {
  override readonly name = 'StateDisplacedError';
}

/**
 * The state folder of a daemon. With another folder in its place, pipelines would not know what they have done, nor the daemon
 * who has access.
 */
export class StateFolder {
  #path = '';
  #held: HeldFolder | undefined;

  constructor(path: string) {
    this.use(path);
  }

  /** Sets the state folder from now on. Creates it if it is missing; one that can't be used is reported when it is written to. */
  use(path: string): void {
    if (path === this.#path) return;
    this.release();
    this.#path = path;
    try {
      makeStateFolder(path);
      this.#held = new HeldFolder(path);
    } catch {
      this.#held = undefined;
    }
  }

  /** What happened to the folder, and what to do; undefined: nothing. Fast. */
  trouble(): string | undefined {
    const state = this.#held?.check() ?? 'there';
    return state === 'there' ? undefined : `${this.#path}: ${REASONS[state]}`;
  }

  /** @throws StateDisplacedError when the folder is not in its place: what its path leads to is somebody else's */
  check(): void {
    const trouble = this.trouble();
    if (trouble !== undefined) throw new StateDisplacedError(trouble);
  }

  /** The world with a disk that uses no path while the state folder is not in its place. */
  worldWithin(world: LogWorld): LogWorld {
    return { ...world, disk: guardedDisk(world.disk, () => this.check()) };
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }
}
