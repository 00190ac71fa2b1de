import type { Command } from 'commander';

const EXAMPLES = `
Examples:
  All of them:
    colloquium stages
  One, with its settings:
    colloquium stages aggregate`;

/** `colloquium stages [name]`: lists the stages that a pipeline can consist of. */
export function stagesCommand(command: Command): Command {
  return command
    .argument('[name]', 'the stage to explain')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined) => {
      const { showStages } = await import('../stages/stages.js');
      process.exitCode = showStages(name);
    });
}
