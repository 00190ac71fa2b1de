import { join, sep } from 'node:path';
import { foundPath, isWithin, keptPath } from '../files/index.js';
import { CheckpointStore, type Checkpoint, type LogWorld } from '../log/index.js';

/** Under which name a pipeline's checkpoint over a log is kept. */
export function checkpointName(logFolder: string, pipeline: string): string {
  return `${pipeline} of ${logFolder}`;
}

/**
 * Where the daemon keeps its checkpoints.
 *
 * @param home the config's folder: paths in it are kept relative to it, so that they are still right when it has moved
 */
export function checkpointStore(world: LogWorld, stateFolder: string, home: string): DaemonCheckpoints {
  return new MovableCheckpoints(world, stateFolder, home);
}

/** The checkpoints of pipelines over logs. */
export interface DaemonCheckpoints extends CheckpointStore {
  /** The pipelines that have a checkpoint over a log, in no order. */
  pipelinesOf(logFolder: string): Promise<readonly string[]>;
}

/** Whoever asks it names files by their absolute paths, in the checkpoints' names, too. */
class MovableCheckpoints extends CheckpointStore implements DaemonCheckpoints {
  readonly #home: string;
  /** In state that several configs share, a relative path would be that of each of them. */
  readonly #isOwn: boolean;

  constructor(world: LogWorld, stateFolder: string, home: string) {
    super(world, join(stateFolder, 'checkpoints'));
    this.#home = home;
    this.#isOwn = isWithin(stateFolder, home);
  }

  override async get(name: string): Promise<Checkpoint | undefined> {
    // Earlier versions kept absolute paths.
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

/** What a checkpoint says of files, said by other paths. */
function withPaths(value: unknown, change: (path: string) => string): unknown {
  if (typeof value !== 'object' || value === null || !('files' in value)) return value;
  const { files } = value;
  if (typeof files !== 'object' || files === null) return value;
  return { ...value, files: Object.fromEntries(Object.entries(files).map(([path, of]) => [change(path), of])) };
}
