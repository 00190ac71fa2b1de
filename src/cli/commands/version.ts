import type { Command } from 'commander';

/** `colloquium version`: the same as --version. */
export function versionCommand(command: Command): Command {
  return command.action((_flags: unknown, { parent }: Command) => {
    process.stdout.write(`${parent?.version() ?? ''}\n`);
  });
}
