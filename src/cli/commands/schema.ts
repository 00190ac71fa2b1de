import type { Command } from 'commander';

const EXAMPLES = `
Example:
  colloquium schema > colloquium.schema.json`;

/** `colloquium schema`: prints the JSON Schema that editors use to complete configs. */
export function schemaCommand(command: Command): Command {
  return command.addHelpText('after', EXAMPLES).action(async () => {
    const [{ configJsonSchema }, { KINDS }] = await Promise.all([
      import('../../config/index.js'),
      import('../../jobs/kinds/index.js'),
    ]);
    process.stdout.write(`${JSON.stringify(configJsonSchema(KINDS), null, 2)}\n`);
  });
}
