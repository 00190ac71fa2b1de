import type { Command } from 'commander';
import type { Guide } from '../help/guides.js';

/** `colloquium help [topic]`: prints a guide, or a command's --help text; with `--man` everything, as a manual page. */
export function helpCommand(help: Command): Command {
  return help
    .argument('[topic]', 'a guide or a command; none lists them')
    .option('--man', 'print all of it as the source of a manual page: > colloquium.1, then man -l colloquium.1')
    .action(async (topic: string | undefined, { man }: { readonly man?: true }, command: Command) => {
      const { parent: program } = command;
      if (man === true && program) {
        const { manPage } = await import('../help/man-page.js');
        process.stdout.write(await manPage(program));
        return;
      }
      const { GUIDES, topicsOf } = await import('../help/guides.js');
      if (topic === undefined) {
        program?.outputHelp();
        process.stdout.write(listOf(GUIDES));
        return;
      }
      // A guide may have the name of a command, whose flags --help lists.
      if (GUIDES.some(({ name }) => name === topic)) {
        const { showGuide } = await import('../help/show-guide.js');
        await showGuide(topic);
        return;
      }
      const about = program?.commands.find((one) => one.name() === topic);
      if (about) {
        about.outputHelp();
        return;
      }
      const [{ UserError }, { EXIT }, { didYouMean }] = await Promise.all([
        import('../exit/user-error.js'),
        import('../exit/exit-codes.js'),
        import('../../config/diagnostic/index.js'),
      ]);
      const meant = program && didYouMean(topic, topicsOf(program));
      const hint = meant ?? (await knownElsewhere(topic)) ?? 'colloquium help lists the guides and the commands';
      throw new UserError(`there is no help on ${JSON.stringify(topic)}`, EXIT.usage, hint);
    });
}

/** Operators and stages have commands that explain them. */
async function knownElsewhere(topic: string): Promise<string | undefined> {
  const [{ operators }, { KINDS }] = await Promise.all([import('computo-js'), import('../../jobs/kinds/index.js')]);
  if (operators().some(({ name }) => name === topic)) return `colloquium operators ${topic} explains the operator`;
  return KINDS.stages.get(topic) === undefined ? undefined : `colloquium stages ${topic} explains the stage`;
}

function listOf(guides: readonly Guide[]): string {
  const width = Math.max(...guides.map(({ name }) => name.length));
  const list = guides.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join('');
  return `\nGuides, such as "colloquium help ai":\n${list}`;
}
