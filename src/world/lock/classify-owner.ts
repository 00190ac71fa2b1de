import { sameKernel, sameMachine, type ProcessState } from '../process/index.js';
import type { LockWorld } from './lock-world.js';
import type { OwnerRecord } from './owner-record.js';

/** Where a record was found. */
export interface RecordPlace {
  readonly folder: string;
  /** Of the file that holds the record. */
  readonly inode: string;
  /** See `LockOptions.oneKernel`. */
  readonly oneKernel: boolean;
}

/**
 * Whether the owner that a record names still lives. `alive` and `dead` are certain; whatever can't be seen from here is `unknown`, and
 * whoever asks must let it be.
 *
 * 1. Where somebody listens on the owner's socket, the owner lives.
 * 2. Where the folder is seen by this kernel alone, the owner is dead when it does not.
 * 3. A record in another file than it says is a copy, and nobody's.
 * 4. In the kernel that the owner ran on, nobody listens: it is dead.
 * 5. The owner's machine was started anew since: it is dead.
 * 6. Without a socket the process table tells, in the same PID namespace.
 */
export async function classifyOwner(world: LockWorld, place: RecordPlace, owner: OwnerRecord): Promise<ProcessState> {
  const { kernel, processes, files } = world;
  const answer = owner.socket === undefined ? 'unclear' : await kernel.isListening(place.folder, owner.socket);
  if (answer === 'yes') return 'alive';
  if (place.oneKernel && answer === 'no' && kernel.noIsCertain) return 'dead';
  // A file system that both see as their own is in the hands of one kernel; over a network inodes may be made up.
  const isOurs = owner.isLocal && (await files.isLocal(place.folder));
  if (isOurs && owner.inode !== undefined && owner.inode !== place.inode) return 'dead';

  const ranHere = sameKernel(processes.self, owner.process);
  const sameHost = processes.self.host === owner.process.host;
  const isOurMachine = sameMachine(processes.self, owner.process) || (isOurs && sameHost);
  if (ranHere === false) return isOurMachine ? 'dead' : 'unknown';
  const listed = processes.stateOf(owner.process);
  if (answer === 'no' && (ranHere === true || isOurMachine)) {
    return kernel.noIsCertain || listed !== 'alive' ? 'dead' : 'alive';
  }
  return listed;
}
