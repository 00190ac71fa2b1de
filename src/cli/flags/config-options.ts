import type { Command } from 'commander';

/** Adds the options that select a config to a command that uses one. */
export function withConfig(
  command: Command,
  description = 'the config; else it is searched for from here up to the repository or home',
): Command {
  return command
    .option('-c, --config <file>', description)
    .option('-v, --verbose', 'say on stderr which config is used');
}
