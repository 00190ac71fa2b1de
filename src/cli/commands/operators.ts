import { Command } from 'commander';

const EXAMPLES = `
Examples:
  colloquium operators
  colloquium operators reduce
  colloquium operators --dialect classic`;

/** `colloquium operators [name]`: the language's reference. */
export function operatorsCommand(): Command {
  return new Command('operators')
    .description("List Computo's operators, or explain one")
    .argument('[name]', 'the operator to explain')
    .option('--dialect <dialect>', 'only those of classic or current')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, flags: { dialect?: string }) => {
      const { showOperators } = await import('../operators.js');
      process.exitCode = showOperators(name, flags.dialect);
    });
}
