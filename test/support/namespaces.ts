import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** Where a command runs: with namespaces of its own, as a container or another machine would. */
export type Around =
  /** PIDs of its own: the command is process 1. */
  | 'container'
  /** The same, where the /proc of the outer namespace is seen. */
  | 'container with foreign /proc'
  /** No /proc, as on macOS. */
  | 'no /proc'
  /** Another name, and nothing that tells that the kernel is the same. */
  | 'other machine'
  /** As this machine after a restart. */
  | 'after a restart'
  /** Nothing can be made in the folder for what lasts as long as processes. */
  | 'read-only runtime folder'
  /** There is little room in the folder `state` of the working folder. */
  | 'small state folder';

const IN_USER_NAMESPACE = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
const HIDE = 'mount -t tmpfs none /proc';

const FREEZE =
  'd=/tmp/colloquium-$(id -u); mkdir -p -m 700 $d && mount --bind $d $d && mount -o remount,bind,ro $d && exec "$0" "$@"';

const SHRINK = 'mkdir -p state && mount -t tmpfs -o size=3m none state && exec "$0" "$@"';

const COMMANDS: Readonly<Record<Around, readonly string[]>> = {
  container: ['--pid', '--fork', '--kill-child', '--mount-proc'],
  'container with foreign /proc': ['--pid', '--fork', '--kill-child'],
  'no /proc': ['--mount', 'sh', '-c', `${HIDE} && exec "$0" "$@"`],
  'other machine': ['--mount', '--uts', 'sh', '-c', `hostname elsewhere && ${HIDE} && exec "$0" "$@"`],
  'after a restart': [
    '--mount',
    'sh',
    '-c',
    'f=$(mktemp) && echo 11111111-2222-3333-4444-555555555555 >$f && mount --bind $f /proc/sys/kernel/random/boot_id && exec "$0" "$@"',
  ],
  'read-only runtime folder': ['--mount', 'sh', '-c', FREEZE],
  'small state folder': ['--mount', 'sh', '-c', SHRINK],
};

/** The command that runs another one there. */
export function around(where: Around, command: readonly string[]): readonly string[] {
  return ['unshare', ...IN_USER_NAMESPACE, ...COMMANDS[where], ...command];
}

/** What to add to the title of a test that needs namespaces: why it is skipped, or nothing. */
export const NAMESPACES_MISSING = (Object.keys(COMMANDS) as Around[]).every((where) => {
  const [file = '', ...args] = around(where, ['true']);
  return spawnSync(file, args, { cwd: tmpdir() }).status === 0;
})
  ? ''
  : ' (skipped: unshare can make no namespaces here)';
