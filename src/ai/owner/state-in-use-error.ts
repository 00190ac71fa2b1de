import type { LockHolder } from '../../world/lock/index.js';

/** The state folder can't be opened while another process has it open. The message names the folder and the process. */
export class StateInUseError extends Error {
  override readonly name = 'StateInUseError';
  /** What to do about it, as an instruction. */
  readonly hint: string;

  constructor(folder: string, { process, where, state, file }: LockHolder) {
    const place = where === 'other host' ? `on ${process.host}` : 'in another container';
    super(
      state === 'unknown'
        ? `the state folder ${folder} was opened by process ${process.pid} ${place}, and it can't be seen from here whether that still runs`
        : `the state folder ${folder} is in use by process ${process.pid} ${place}, and two processes with the same number can't share it`,
    );
    this.hint =
      'stop that process, or give each a state_dir of its own (machines and containers share budget and answers through a fleet)' +
      (state === 'unknown' ? `; if ${process.host} is gone for good, remove ${file}` : '');
  }
}
