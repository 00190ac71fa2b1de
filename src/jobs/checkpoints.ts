import { join, sep } from 'node:path';
import { foundPath, isWithin, keptPath } from '../files/index.js';
import { CheckpointStore, type Checkpoint, type LogWorld } from '../log/index.js';

/** The name under which a pipeline's checkpoint over a log is kept. */
export function checkpointName(logFolder: string, pipeline: string): string {
  return `${pipeline} of ${logFolder}`;
}

/**
 * Opens the store in which the daemon keeps its checkpoints.
 *
 * @param home the config's folder: paths in it are stored relative to it, so that they stay valid when it is moved
 */
export function checkpointStore(world: LogWorld, stateFolder: string, home: string): DaemonCheckpoints {
  return new MovableCheckpoints(world, stateFolder, home);
}

/** The checkpoints of pipelines over logs. */
export interface DaemonCheckpoints extends CheckpointStore {
  /** The pipelines that have a checkpoint over a log, unordered. */
  pipelinesOf(logFolder: string): Promise<readonly string[]>;
}

/** Callers name files by absolute paths, in the names of checkpoints, too. */
class MovableCheckpoints extends CheckpointStore implements DaemonCheckpoints {
  readonly #home: string;
  /** Whether a single config uses the state: in shared state, a relative path would be ambiguous. */
  readonly #isOwn: boolean;

  constructor(world: LogWorld, stateFolder: string, home: string) {
    super(world, join(stateFolder, 'checkpoints'));
    this.#home = home;
    this.#isOwn = isWithin(stateFolder, home);
  }

  override async get(name: string): Promise<Checkpoint | undefined> {
    // Earlier versions stored absolute paths.
    const found = (await super.get(this.#kept(name))) ?? (this.#isOwn ? await super.get(name) : undefined);
    return found && { ...found, value: withPaths(found.value, (path) => foundPath(path, this.#home)) };
  }

  override put(name: string, value: unknown): Promise<void> {
    return super.put(
      this.#kept(name),
      withPaths(value, (path) => keptPath(path, this.#home)),
    );
  }

  override async remove(name: string): Promise<void> {
    await super.remove(this.#kept(name));
    await super.remove(name);
  }

  async pipelinesOf(logFolder: string): Promise<readonly string[]> {
    const ends = [checkpointName(logFolder, ''), this.#kept(checkpointName(logFolder, ''))];
    const found = (await this.names()).flatMap((name) => {
      const end = ends.find((one) => name.endsWith(one));
      return end === undefined ? [] : [name.slice(0, -end.length)];
    });
    return [...new Set(found)];
  }

  #kept(name: string): string {
    const home = this.#home.endsWith(sep) ? this.#home : `${this.#home}${sep}`;
    return this.#isOwn ? name.replace(` ${home}`, () => ' ') : name;
  }
}

/** Replaces the paths in a checkpoint's value. */
function withPaths(value: unknown, change: (path: string) => string): unknown {
  if (typeof value !== 'object' || value === null || !('files' in value)) return value;
  const { files } = value;
  if (typeof files !== 'object' || files === null) return value;
  return { ...value, files: Object.fromEntries(Object.entries(files).map(([path, of]) => [change(path), of])) };
}
