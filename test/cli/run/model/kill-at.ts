import { guardChanges } from './guard-changes.js';

/** Preloaded into a process of its own: that is killed before it changes a file for the nth time. */
let left = Number(process.env['KILL_AT']);
guardChanges(() => {
  left -= 1;
  // Nothing runs any more once the kernel has taken the signal, which is before the call returns.
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
});
