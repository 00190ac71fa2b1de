import type { LockHolder } from '../../world/lock/index.js';

/** The state folder can't be opened beside a process that has it open. The message names the folder and the process. */
export class StateInUseError extends Error {
  override readonly name = 'StateInUseError';
  /** What to do. */
  readonly hint: string;

  constructor(folder: string, { process, where, state, file }: LockHolder) {
    const place = where === 'other host' ? `on ${process.host}` : 'of another container';
    super(
      state === 'unknown'
        ? `the state folder ${folder} was opened by process ${process.pid} ${place}, and whether that still runs can't be seen from here`
        : `the state folder ${folder} is in use by process ${process.pid} ${place}, and two processes with the same number can't share it`,
    );
    this.hint =
      'stop that one, or give each a state_dir of its own (machines and containers share budget and answers through a fleet)' +
      (state === 'unknown' ? `; if ${process.host} is gone for good, remove ${file}` : '');
  }
}
