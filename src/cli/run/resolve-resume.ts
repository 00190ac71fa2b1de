import { homedir } from 'node:os';
import type { LoadedConfig } from '../../config/index.js';
import { stateDirectoryWithoutConfig } from '../../config/state/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { RunFlags } from './flags.js';
import type { OutputTarget } from '../../jobs/outputs/index.js';
import type { ResumePlan } from '../../jobs/run/index.js';

/** The folder of the journal, ledger, checkpoints and locks. @throws ConfigError */
export async function stateFolderOf(config: LoadedConfig | undefined): Promise<string> {
  if (config === undefined) return stateDirectoryWithoutConfig({ env: process.env, home: homedir() });
  return (await import('../../config/index.js')).stateDirectory(config);
}

/** Whether the run is to keep a checkpoint. */
export function wantsCheckpoint(flags: RunFlags): boolean {
  return flags.resume === true || flags['resume=force'] === true || flags.restart === true;
}

/**
 * Returns whether and how the run keeps a checkpoint.
 *
 * @param typed the command line, without the program's name
 * @throws UserError if an output can't be truncated
 */
export function resolveResume(
  flags: RunFlags,
  outputs: readonly OutputTarget[],
  typed: readonly string[],
): ResumePlan | undefined {
  if (flags.restart === true && flags['resume=force'] === true) {
    throw new UserError('--restart and --resume=force exclude one another', EXIT.usage);
  }
  if (!wantsCheckpoint(flags)) return undefined;
  if (flags.unordered === true || flags.follow === true) {
    throw new UserError('--resume goes with neither --unordered nor --follow', EXIT.usage);
  }
  const stream = outputs.find((output) => output.kind === 'stream');
  if (stream !== undefined) {
    throw new UserError(`--resume cannot truncate ${stream.output.kind}`, EXIT.usage, 'write to a file with -o');
  }
  const how = flags.restart === true ? 'restart' : flags['resume=force'] === true ? 'force' : 'if-unchanged';
  return { how, command: commandThatGoesOn(typed) };
}

/** Returns the typed command, with `--resume` in place of the flag that was given. */
function commandThatGoesOn(typed: readonly string[]): string {
  const ways = ['--resume', '--resume=force', '--restart'];
  const end = typed.indexOf('--');
  const isFlag = (at: number): boolean => end === -1 || at < end;
  const rest = typed.filter((word, at) => !(isFlag(at) && ways.includes(word)));
  const [command, ...others] = rest;
  const named = command === 'run' ? ['run', '--resume', ...others] : ['--resume', ...rest];
  return ['colloquium', ...named].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
