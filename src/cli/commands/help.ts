import type { Command } from 'commander';

/** `colloquium help [topic]`: prints a command's --help text, or the page of recipes. */
export function helpCommand(help: Command): Command {
  return help
    .argument('[topic]', 'a command, or recipes')
    .action(async (topic: string | undefined, _flags: unknown, command: Command) => {
      const program = command.parent;
      const about = topic === undefined ? program : program?.commands.find((one) => one.name() === topic);
      if (about) {
        about.outputHelp();
        return;
      }
      const [{ recipesPage }, { UserError }, { EXIT }] = await Promise.all([
        import('../operators/recipes.js'),
        import('../exit/user-error.js'),
        import('../exit/exit-codes.js'),
      ]);
      if (topic !== 'recipes') {
        const hint = 'the topics are recipes, and the commands that colloquium --help lists';
        throw new UserError(`there is no help on ${JSON.stringify(topic)}`, EXIT.usage, hint);
      }
      process.stdout.write(recipesPage());
    });
}
