import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../config/units/index.js';
import type { CreateFlags, TokenListFlags, TokenFlags } from '../token/flags.js';
import { withConfig } from '../flags/config-options.js';

const EXAMPLES = `
Examples:
  For a program that sends events:
    colloquium token create --role ingest --name shipper > shipper.token
    curl -H "authorization: Bearer $(cat shipper.token)" -H 'content-type: application/json' -d '{"n":1}' localhost:8080/events
  For who looks after it, for a month:
    colloquium token create --role admin --name ada --expires 30d
  Who has one, and take one away:
    colloquium token list
    colloquium token revoke 3f9a0c1d2e4b

Roles: ingest sends events; read reads events, health, metrics and the dashboard; admin does all that, and changes things.
A token is shown once, when it is created: what is kept, in the folder tokens of state_dir, is its SHA-256. A running
daemon takes changes over within about a second. Once a token was created, the daemon asks for one, also on 127.0.0.1.`;

/** `colloquium token create|list|revoke`: manages access to the daemon. */
export function tokenCommand(command: Command): Command {
  return command
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .addCommand(createCommand().exitOverride())
    .addCommand(listCommand().exitOverride())
    .addCommand(revokeCommand().exitOverride());
}

function createCommand(): Command {
  return withConfig(new Command('create'))
    .description('Make a token and print it')
    .addOption(
      new Option('--role <role>', 'what it is good for').choices(['ingest', 'read', 'admin']).makeOptionMandatory(),
    )
    .option('--name <words>', 'what it is for, for the list', name)
    .option('--expires <duration>', 'for how long it is valid: 12h, 30d; else until it is revoked', duration)
    .action(async (flags: CreateFlags) => {
      const { create } = await import('../token/create.js');
      process.exitCode = await create(flags);
    });
}

function listCommand(): Command {
  return withConfig(new Command('list'))
    .description('List the tokens there are, not their texts')
    .addOption(new Option('--format <format>', 'for people or for programs').choices(['text', 'json']).default('text'))
    .action(async (flags: TokenListFlags) => {
      const { list } = await import('../token/list.js');
      process.exitCode = await list(flags);
    });
}

function revokeCommand(): Command {
  return withConfig(new Command('revoke'))
    .description('Take a token away')
    .argument('<id>', 'its id, as the list has it, or the start of it')
    .action(async (id: string, flags: TokenFlags) => {
      const { revoke } = await import('../token/revoke.js');
      process.exitCode = await revoke(id, flags);
    });
}

function name(text: string): string {
  if (!/^[^\p{C}]{1,100}$/u.test(text))
    throw new InvalidArgumentError('It must have 1 to 100 characters that can be printed.');
  return text;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0 || ms > 100 * 366 * 86_400_000) {
    throw new InvalidArgumentError('It must be a duration such as 12h, 7d or 4w.');
  }
  return ms;
}
