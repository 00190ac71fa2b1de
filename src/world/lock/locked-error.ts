import type { ProcessIdentity, ProcessState } from '../process/index.js';

/** The holder of a lock. */
export interface LockHolder {
  readonly process: ProcessIdentity;
  /** What the holder runs, such as `colloquium serve`, if known. */
  readonly command: string | undefined;
  /** Milliseconds since the epoch, by the holder's clock. */
  readonly since: number;
  /** The last sign of life, milliseconds since the epoch, by the holder's clock. */
  readonly seenAt: number | undefined;
  /** `unknown` if it can't be seen from here whether the holder runs. */
  readonly state: Exclude<ProcessState, 'dead'>;
  /** In another PID namespace or on another machine, the pid has a different meaning. */
  readonly where: 'here' | 'other namespace' | 'other host';
  /** Whether this process holds the lock. */
  readonly isSelf: boolean;
  /** The lock file. */
  readonly file: string;
}

/** The lock is held. The message says who holds it, since when, and how to get it. */
export class LockedError extends Error {
  override readonly name = 'LockedError';

  constructor(
    what: string,
    readonly holder: LockHolder,
  ) {
    super(`${what} is in use: ${describe(holder)}`);
  }
}

function describe({ process, command, since, seenAt, state, where, file }: LockHolder): string {
  const place = { here: '', 'other namespace': ' in another PID namespace', 'other host': ` on ${process.host}` }[
    where
  ];
  const name = `process ${process.pid}${place}${command === undefined ? '' : ` (${command})`}`;
  const from = since === 0 ? '' : ` since ${time(since)}`;
  if (state === 'alive') return `${name} has it${from}. Stop it first.`;
  const seen = seenAt === undefined ? '' : `, last sign of life ${time(seenAt)}`;
  return (
    `${name} took it${from}${seen}, and it can't be seen from here whether it still runs. ` +
    `Stop it there; if ${process.host} is gone for good, remove ${file} and start again.`
  );
}

function time(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : date.toISOString();
}
