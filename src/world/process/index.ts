/** Which process is which, and whether it still runs. */
export type { ProcessIdentity } from './identity.js';
export {
  processesSeenBy,
  sameKernel,
  sameMachine,
  systemProcesses,
  type LookUp,
  type Processes,
  type ProcessState,
} from './processes.js';
