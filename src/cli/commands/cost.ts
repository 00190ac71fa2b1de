import type { Command } from 'commander';
import { Option } from 'commander';
import type { CostFlags } from '../cost/flags.js';
import { withConfig } from '../flags/config-options.js';

const EXAMPLES = `
Examples:
  The last 30 days, and what is left of today's budget:
    colloquium cost
  This week by provider and model:
    colloquium cost --since 7d --by provider,model
  What each team spent, as the stages' tags say:
    colloquium cost --by tag:team
  For a spreadsheet, all there is:
    colloquium cost --since 2020-01-01 --by day,provider,model,pipeline,stage --format csv

Costs that nobody knows for sure stand apart, with the most that they can be; they are never counted as nothing.`;

/** `colloquium cost`: shows what was spent on AI, and what is left. */
export function costCommand(command: Command): Command {
  return withConfig(command)
    .option('--since <time>', 'from when: 7d, 2h, 2026-01-31, 2026-01-31T08:00Z, epoch milliseconds', '30d')
    .option('--by <dimensions>', 'what to sum up by: any of day,provider,model,pipeline,stage,lane,tag,tag:NAME', 'day')
    .addOption(
      new Option('--format <format>', 'for people or for programs').choices(['text', 'json', 'csv']).default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: CostFlags) => {
      const { cost } = await import('../cost/cost.js');
      process.exitCode = await cost(flags);
    });
}
