import { realpathSync } from 'node:fs';
import { Command, Option } from 'commander';

interface InitFlags {
  readonly systemd?: true;
  readonly docker?: true;
}

const EXAMPLES = `
Examples:
  A config to start from:
    colloquium init && colloquium check && colloquium run sample.ndjson
  What the daemon needs to run as a service, or in a container:
    colloquium init --systemd > /etc/systemd/system/colloquium.service
    colloquium init --docker > Dockerfile`;

/** `colloquium init`: a config to start from, or what a daemon is started by. */
export function initCommand(): Command {
  return new Command('init')
    .description('Write a commented starter config and a few events to try it on')
    .argument('[folder]', 'where to', '.')
    .addOption(new Option('--systemd', 'print a unit for systemd instead').conflicts('docker'))
    .addOption(new Option('--docker', 'print a Dockerfile instead'))
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: InitFlags) => {
      if (flags.systemd === true) {
        const [{ systemdUnit }, { print }] = await Promise.all([
          import('../deploy/systemd-unit.js'),
          import('../print.js'),
        ]);
        await print(systemdUnit(process.execPath, realpathSync(process.argv[1] ?? '')));
      } else if (flags.docker === true) {
        const [{ DOCKERFILE }, { print }] = await Promise.all([
          import('../deploy/dockerfile.js'),
          import('../print.js'),
        ]);
        await print(DOCKERFILE);
      } else {
        const { init } = await import('../init.js');
        process.exitCode = await init(folder);
      }
    });
}
