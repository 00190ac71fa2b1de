import { Command } from 'commander';

const EXAMPLES = `
Example:
  colloquium init && colloquium check && colloquium run sample.ndjson`;

/** `colloquium init`: a config to start from. */
export function initCommand(): Command {
  return new Command('init')
    .description('Write a commented starter config and a few events to try it on')
    .argument('[folder]', 'where to', '.')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string) => {
      const { init } = await import('../init.js');
      process.exitCode = await init(folder);
    });
}
