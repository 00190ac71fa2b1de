import { realpathSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { TEMPLATES, type TemplateName } from '../../config/starter/index.js';
import { withConfig } from '../flags/config-options.js';
import type { ConfigFlags } from '../flags/find-config.js';

interface InitFlags extends ConfigFlags {
  readonly template: TemplateName;
  readonly systemd?: true;
  readonly docker?: true;
}

const EXAMPLES = `
Examples:
  A config to start from:
    colloquium init && colloquium test && colloquium run sample.ndjson
  One with an AI stage, and what that would cost:
    colloquium init --template ai label && cd label && colloquium run --dry-run sample.ndjson
  What the daemon needs to run as a service, or in a container:
    colloquium init --systemd > /etc/systemd/system/colloquium.service
    colloquium init --docker > Dockerfile`;

const names = Object.keys(TEMPLATES);
const summaries = Object.entries(TEMPLATES)
  .map(([name, { summary }]) => `${name}, ${summary}`)
  .join('; ');

/** `colloquium init`: writes a config to start from, or the files that start a daemon. */
export function initCommand(command: Command): Command {
  return withConfig(command, 'the config by whose port and TLS their health checks go (default: the one that is found)')
    .argument('[folder]', 'where to', '.')
    .addOption(new Option('--template <name>', `what the config is for: ${summaries}`).choices(names).default('run'))
    .addOption(new Option('--systemd', 'print a unit for systemd instead').conflicts('docker'))
    .addOption(new Option('--docker', 'print a Dockerfile instead'))
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: InitFlags) => {
      if (flags.systemd === true) {
        const [{ systemdUnit }, { serviceAddress }, { print }] = await Promise.all([
          import('../deploy/systemd-unit.js'),
          import('../deploy/service-address.js'),
          import('../terminal/print.js'),
        ]);
        const address = await serviceAddress(flags);
        await print(systemdUnit(process.execPath, realpathSync(process.argv[1] ?? ''), address));
      } else if (flags.docker === true) {
        const [{ dockerfile }, { serviceAddress }, { print }] = await Promise.all([
          import('../deploy/dockerfile.js'),
          import('../deploy/service-address.js'),
          import('../terminal/print.js'),
        ]);
        await print(dockerfile(await serviceAddress(flags)));
      } else {
        const { init } = await import('../init/init.js');
        process.exitCode = await init(folder, flags.template);
      }
    });
}
