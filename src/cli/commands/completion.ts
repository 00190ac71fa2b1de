import type { Command } from 'commander';
import { Argument } from 'commander';

const EXAMPLES = `
Examples:
  bash, for this shell, or in ~/.bashrc for all:
    source <(colloquium completion bash)
  zsh, in ~/.zshrc after compinit:
    source <(colloquium completion zsh)
  fish:
    colloquium completion fish > ~/.config/fish/completions/colloquium.fish`;

/** `colloquium completion bash|zsh|fish`: prints the script for Tab completion. */
export function completionCommand(command: Command): Command {
  return command
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { completionScript } = await import('../completion/scripts.js');
      process.stdout.write(completionScript(shell));
    });
}

/** The command that completion scripts call at each Tab: prints one candidate per line. */
export function completeCommand(command: Command): Command {
  return command
    .argument('[words...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (words: string[], _: object, { parent }: Command) => {
      if (parent === null) return;
      const { candidates } = await import('../completion/candidates.js');
      for (const candidate of await candidates(parent, words)) process.stdout.write(`${candidate}\n`);
    });
}
