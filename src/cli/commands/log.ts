import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration, parseSize } from '../../config/units/index.js';
import type { LogFlags, FormatFlags, LogPruneFlags, TailFlags } from '../log/flags.js';
import { withConfig } from '../flags/config-options.js';

const EXAMPLES = `
Examples:
  What is stored, file by file:
    colloquium log ls
  Is it whole?
    colloquium log verify
  Copy it while the daemon writes to it, and check the copy:
    colloquium log backup /mnt/backup/monday && colloquium log verify /mnt/backup/monday
  Put a backup where the config wants the log:
    colloquium log restore /mnt/backup/monday
  Watch what comes in:
    colloquium log tail -f | jq .data
  Read an output that is encrypted:
    colloquium log cat out/results.ndjson | jq .
  Encrypt all of it with a new key, once the config names it:
    colloquium log rekey

The log is the folder that storage.disk_path names in the config, ./data without one.
Exit codes: 0, 2 usage, 74 the log is damaged or the disk fails, 78 config invalid.`;

/** `colloquium log …`: inspects and maintains the stored log. */
export function logCommand(command: Command): Command {
  return command
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .addCommand(lsCommand())
    .addCommand(verifyCommand())
    .addCommand(pruneCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(tailCommand())
    .addCommand(catCommand())
    .addCommand(rekeyCommand());
}

function lsCommand(): Command {
  return withFormat(new Command('ls'))
    .description('List the files of the log: their events, times and sizes')
    .argument('[folder]', 'another log than that of the config')
    .action(async (folder: string | undefined, flags: FormatFlags) => {
      const { listLog } = await import('../log/ls.js');
      process.exitCode = await listLog(folder, flags);
    });
}

function verifyCommand(): Command {
  return withFormat(new Command('verify'))
    .description('Check every event against its checksum, and that none is missing')
    .argument('[folder]', 'another log than that of the config, or a backup')
    .action(async (folder: string | undefined, flags: FormatFlags) => {
      const { verifyLog } = await import('../log/verify.js');
      process.exitCode = await verifyLog(folder, flags);
    });
}

function pruneCommand(): Command {
  return withFormat(new Command('prune'))
    .description('Remove old files of the log now; never what is not processed yet')
    .option('--older-than <duration>', 'instead of storage.retention_days: 12h, 30d', duration)
    .option('--max-size <size>', 'instead of storage.retention_size: 500MB, 20GB', size)
    .option('--dry-run', 'say what would go, remove nothing')
    .action(async (flags: LogPruneFlags) => {
      const { pruneLog } = await import('../log/prune.js');
      process.exitCode = await pruneLog(flags);
    });
}

function backupCommand(): Command {
  return withConfig(new Command('backup'))
    .description('Copy the log, also while a daemon writes to it, as it is at one moment')
    .argument('<destination>', 'a folder that is empty or not there')
    .action(async (destination: string, flags: LogFlags) => {
      const { backupLog } = await import('../log/backup.js');
      process.exitCode = await backupLog(destination, flags);
    });
}

function restoreCommand(): Command {
  return withConfig(new Command('restore'))
    .description('Make the log from a backup, once all of it is checked; overwrites nothing')
    .argument('<backup>', 'what log backup made')
    .argument('[folder]', 'another place than that of the config; empty or not there')
    .action(async (backup: string, folder: string | undefined, flags: LogFlags) => {
      const { restoreBackup } = await import('../log/restore.js');
      process.exitCode = await restoreBackup(backup, folder, flags);
    });
}

function tailCommand(): Command {
  return withConfig(new Command('tail'))
    .description('Print the newest events')
    .argument('[folder]', 'another log than that of the config')
    .option('-n, --lines <n>', 'how many', count, 10)
    .option('-f, --follow', 'continue with new ones')
    .action(async (folder: string | undefined, flags: TailFlags) => {
      const { tailLog } = await import('../log/tail.js');
      process.exitCode = await tailLog(folder, flags);
    });
}

function catCommand(): Command {
  return withConfig(new Command('cat'))
    .description('Print files of the log, encrypted outputs and dead letters: decrypted and unpacked')
    .argument('<file...>', 'files of a log or of a backup, outputs, dead letters')
    .action(async (files: readonly string[], flags: LogFlags) => {
      const { catLog } = await import('../log/cat.js');
      process.exitCode = await catLog(files, flags);
    });
}

function rekeyCommand(): Command {
  return withConfig(new Command('rekey'))
    .description(
      'Encrypt all that is kept with the current key of storage.encryption, while no daemon and no run uses it',
    )
    .argument('[file...]', 'further encrypted outputs than those of the config')
    .action(async (files: readonly string[], flags: LogFlags) => {
      const { rekeyLog } = await import('../log/rekey.js');
      process.exitCode = await rekeyLog(files, flags);
    });
}

function withFormat(command: Command): Command {
  return withConfig(command).addOption(
    new Option('--format <format>', 'for people or for programs').choices(['text', 'json']).default('text'),
  );
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration such as 12h, 7d or 4w.');
  return ms;
}

function size(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw new InvalidArgumentError('It must be a size such as 500KB, 100MB or 2GB.');
  return bytes;
}

function count(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}
