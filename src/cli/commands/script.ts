import { Command } from 'commander';

const EXAMPLES = `
Examples:
  What a text means:
    echo '{/id, who: /user/name}' | colloquium script to-json
  A script that was written as JSON, as text:
    colloquium script to-text clean.json > clean.computo
  Laid out alike, here and in CI:
    colloquium script fmt scripts/*.computo
    colloquium script fmt --check scripts/*.computo

A script has two forms that mean the same: text, in files named *.computo, and JSON. Without a file, standard input is read.

Exit codes: 0, 2 usage, or a text with comments that fmt would lose, 78 the text is not a script, or fmt --check found one that is
not formatted.`;

/** `colloquium script …`: converts scripts from one form to the other. */
export function scriptCommand(command: Command): Command {
  return command
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .addCommand(toJsonCommand())
    .addCommand(toTextCommand())
    .addCommand(fmtCommand());
}

function toJsonCommand(): Command {
  return new Command('to-json')
    .description('Print a script as JSON')
    .argument('[file]', '*.computo is text, any other file JSON; standard input is either')
    .action(async (file: string | undefined) => {
      const { scriptToJson } = await import('../script/convert.js');
      process.exitCode = await scriptToJson(file);
    });
}

function toTextCommand(): Command {
  return new Command('to-text')
    .description('Print a script of the current dialect as text')
    .argument('[file]', '*.computo is text, any other file JSON; standard input is either')
    .action(async (file: string | undefined) => {
      const { scriptToText } = await import('../script/convert.js');
      process.exitCode = await scriptToText(file);
    });
}

function fmtCommand(): Command {
  return new Command('fmt')
    .description('Lay out .computo files in place, or standard input; a text with comments is left as it is')
    .argument('[files...]', '.computo files')
    .option('--check', 'write nothing, name the files that are not formatted, and exit with 78 if there are any')
    .action(async (files: string[], flags: { check?: true }) => {
      const { formatScripts } = await import('../script/format.js');
      process.exitCode = await formatScripts(files, flags.check === true);
    });
}
