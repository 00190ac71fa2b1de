import type { Command } from 'commander';

const EXAMPLES = `
Example:
  colloquium schema > colloquium.schema.json
  colloquium schema --tests > colloquium.test.schema.json`;

/** `colloquium schema`: prints the JSON Schema that editors use to complete configs. */
export function schemaCommand(command: Command): Command {
  return command
    .option('--tests', 'that of test files instead')
    .addHelpText('after', EXAMPLES)
    .action(async ({ tests }: { readonly tests?: true }) => {
      const [{ configJsonSchema, testJsonSchema }, { KINDS }] = await Promise.all([
        import('../../config/index.js'),
        import('../../jobs/kinds/index.js'),
      ]);
      process.stdout.write(`${JSON.stringify(tests === true ? testJsonSchema() : configJsonSchema(KINDS), null, 2)}\n`);
    });
}
