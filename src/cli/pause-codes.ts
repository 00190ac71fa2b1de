import type { PauseReason } from '../pipeline/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** How a command leaves that had to stop though nothing is broken. */
export const PAUSE_CODES: Readonly<Record<PauseReason, ExitCode>> = {
  budget: EXIT.stopped,
  'provider-limit': EXIT.stopped,
  'in-doubt': EXIT.stopped,
  aborted: EXIT.stopped,
  'providers-down': EXIT.providersDown,
  'provider-refused': EXIT.providersDown,
};
