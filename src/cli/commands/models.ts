import type { Command } from 'commander';
import { Option } from 'commander';
import type { ModelsFlags } from '../models/models.js';

const EXAMPLES = `
Examples:
  Those with a word in their name, or a provider's:
    colloquium models --search haiku
    colloquium models --search openrouter
  Those with a large context, and what their input costs:
    colloquium models --format json | colloquium --filter 'value.or(/context_window, 0) >= 1000000' -e '{/model, /input}'

A model that is not listed can be used as well: its price is set by cost_per_token in the config.`;

/** `colloquium models`: lists the models in the price table. */
export function modelsCommand(command: Command): Command {
  return command
    .option('--search <word>', 'only those whose provider or name has it')
    .addOption(new Option('--format <format>', 'for people or for programs').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ModelsFlags) => {
      const { showModels } = await import('../models/models.js');
      process.exitCode = await showModels(flags);
    });
}
