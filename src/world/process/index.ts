/** Identifies processes, and tells whether they still run. */
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
