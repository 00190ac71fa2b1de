import type { Command } from 'commander';
import type { OperatorFlags } from '../operators/operators.js';

const EXAMPLES = `
Examples:
  All of them, by family:
    colloquium operators
  One, or a family: how it is written as text and as JSON, its errors, examples:
    colloquium operators text.split
    colloquium operators text
  What there is about a word, also one of another language:
    colloquium operators --search date
    colloquium operators --search group_by`;

/** `colloquium operators [name]`: the language's reference. */
export function operatorsCommand(command: Command): Command {
  return command
    .argument('[name]', 'the operator or the family to explain')
    .option(
      '--search <word>',
      'those that a word is about: part of a name, what another language calls it, what it does',
    )
    .option('--dialect <dialect>', 'only those of classic or current')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, flags: OperatorFlags) => {
      const { showOperators } = await import('../operators/operators.js');
      process.exitCode = await showOperators(name, flags);
    });
}
