import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { version } from '../../../package.json';
import { GUIDES } from './guides.js';
import { roffBlock, roffBold, roffCode, roffGuide, roffQuoted, roffTerm, roffText } from './roff.js';

/**
 * The source of `man colloquium`: every command as its --help has it, and every guide.
 *
 * @param program with all its commands loaded
 */
export async function manPage(program: Command): Promise<string> {
  const guides = GUIDES.map(async ({ name }) => {
    const text = await readFile(new URL(`./help/${name}.md`, import.meta.url), 'utf8');
    return roffGuide(text, name.toUpperCase());
  });
  const lines = [
    `.TH COLLOQUIUM 1 "" ${roffQuoted(`colloquium ${version}`)} "User Commands"`,
    // Words are not hyphenated, and lines not justified: what is to be typed must stay as it is.
    '.nh',
    '.ad l',
    '.SH NAME',
    `colloquium \\- ${roffText(program.description())}`,
    '.SH SYNOPSIS',
    ...['[run] [options] [files...]', 'COMMAND [options]', 'help [TOPIC]'].flatMap((usage) => [
      '.PP',
      `${roffBold('colloquium')} ${roffCode(usage)}`,
    ]),
    '.PP',
    roffText('Sections after COMMANDS are guides. Each is also printed by colloquium help TOPIC.'),
    '.SH COMMANDS',
    ...program.commands.filter((command) => !command.name().startsWith('__')).map((command) => section(command)),
    ...(await Promise.all(guides)),
  ];
  return `${lines.join('\n')}\n`;
}

function section(command: Command, parent = 'colloquium'): string {
  const help = command.createHelp();
  const name = `${parent} ${command.name()}`;
  const words = help.visibleArguments(command).map((one) => [help.argumentTerm(one), help.argumentDescription(one)]);
  const flags = help.visibleOptions(command).map((one) => [help.optionTerm(one), help.optionDescription(one)]);
  return [
    `.SS ${roffQuoted(name)}`,
    roffText(command.description()),
    '.PP',
    `Usage: ${roffBold(help.commandUsage(command))}`,
    ...[...words, ...flags].map(([term = '', text = '']) => roffTerm(roffBold(term), [roffText(text)])),
    ...textAfter(command),
    ...command.commands.map((one) => section(one, name)),
  ].join('\n');
}

/** What stands below the options in the command's --help: examples. */
function textAfter(command: Command): readonly string[] {
  let text = '';
  command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
  const after = text.slice(command.helpInformation().length);
  return after.trim() === '' ? [] : [roffBlock(after)];
}
