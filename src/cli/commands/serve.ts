import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ServeFlags } from '../serve/flags.js';
import { withConfig } from '../flags/config-options.js';

const EXAMPLES = `
Examples:
  With the config that is found from here up:
    colloquium serve
  On every address, for whoever has a token of the config:
    colloquium serve -c /etc/colloquium.yaml --host 0.0.0.0
  Send an event, or many:
    curl -d '{"n":1}' -H 'content-type: application/json' localhost:8080/events
    curl -T events.ndjson -H 'content-type: application/x-ndjson' -X POST localhost:8080/events/orders
  Share the work with the daemons on other machines, through a NATS server:
    colloquium serve --join nats://10.0.0.5:4222

An event is on the disk before it is acknowledged with 202. SIGTERM and SIGINT drain: what is stored is processed for up
to ten seconds, and the rest at the next start; a second one stops at once. SIGHUP reads the config anew.

colloquium help serve is the guide: the HTTP API, access, inputs, signals, files; colloquium help operations is about running it.

Exit codes: 0 after a clean drain, 2 usage, 69 the NATS server cannot be used, 74 the log cannot be opened, 78 config or script invalid.`;

/** `colloquium serve`: the daemon. */
export function serveCommand(command: Command): Command {
  return withConfig(command)
    .option('--host <address>', "the address to listen on, instead of the config's server.host")
    .option('--port <n>', "the port, instead of the config's server.port; 0 takes any free one", port)
    .option('--insecure', 'listen on any address without tokens')
    .option(
      '--from-scratch',
      'process all stored events again where the checkpoints are gone, into outputs that are not empty',
    )
    .option(
      '--join <url>',
      'share the work with all daemons that have joined at this NATS server: nats://host:4222',
      natsUrls,
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ServeFlags) => {
      const { serve } = await import('../serve/serve.js');
      process.exitCode = await serve(flags);
    });
}

function natsUrls(text: string): string {
  const isUrl = (url: string): boolean => /^(?:nats|tls):\/\/[^/\s]+$/.test(url) && URL.canParse(url);
  if (!text.split(',').every(isUrl)) throw new InvalidArgumentError('It must be like nats://localhost:4222.');
  return text;
}

function port(text: string): number {
  const number = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 65_535)) throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return number;
}
