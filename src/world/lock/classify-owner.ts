import { sameKernel, sameMachine, type ProcessState } from '../process/index.js';
import type { LockWorld } from './lock-world.js';
import type { OwnerRecord } from './owner-record.js';

/** Where an owner record was found. */
export interface RecordPlace {
  readonly folder: string;
  /** The inode of the file that holds the record. */
  readonly inode: string;
  /** See `LockOptions.oneKernel`. */
  readonly oneKernel: boolean;
}

/**
 * Whether the owner that a record names is alive. `alive` and `dead` are certain; an owner whose state can't be seen from here is
 * `unknown`, and the caller must not take the lock then.
 *
 * 1. A process listens on the owner's socket: the owner is alive.
 * 2. No listener, and only this kernel sees the folder: the owner is dead.
 * 3. The record is in a file other than the one it names: it is a copy and belongs to nobody.
 * 4. No listener in the kernel that the owner ran on: the owner is dead.
 * 5. The owner's machine has restarted since: the owner is dead.
 * 6. Without a socket, the process table decides, in the same PID namespace.
 */
export async function classifyOwner(world: LockWorld, place: RecordPlace, owner: OwnerRecord): Promise<ProcessState> {
  const { kernel, processes, files } = world;
  const answer = owner.socket === undefined ? 'unclear' : await kernel.isListening(place.folder, owner.socket);
  if (answer === 'yes') return 'alive';
  if (place.oneKernel && answer === 'no' && kernel.isRefusalCertain) return 'dead';
  // If both see the file system as local, one kernel controls it. Over a network, inodes may be made up.
  const isOurs = owner.isLocal && (await files.isLocal(place.folder));
  if (isOurs && owner.inode !== undefined && owner.inode !== place.inode) return 'dead';

  const ranHere = sameKernel(processes.self, owner.process);
  const sameHost = processes.self.host === owner.process.host;
  const isOurMachine = sameMachine(processes.self, owner.process) || (isOurs && sameHost);
  if (ranHere === false) return isOurMachine ? 'dead' : 'unknown';
  const listed = processes.stateOf(owner.process);
  if (answer === 'no' && (ranHere === true || isOurMachine)) {
    return kernel.isRefusalCertain || listed !== 'alive' ? 'dead' : 'alive';
  }
  return listed;
}
