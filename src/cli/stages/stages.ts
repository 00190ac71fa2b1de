import { stageSettings, FOREIGN_STAGES } from '../../config/index.js';
import { didYouMean } from '../../config/diagnostic/index.js';
import { KINDS } from '../../jobs/kinds/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { wrapped } from '../terminal/wrapped.js';

/**
 * Lists the stages of pipelines, or explains one with its settings.
 *
 * @throws UserError for an unknown name
 */
export function showStages(name: string | undefined): ExitCode {
  const stages = stageSettings(KINDS);
  if (name === undefined) {
    const lines = [...stages].map(([kind, [main]]) => [kind, main?.summary ?? ''] as const);
    process.stdout.write(`${table(lines)}
  colloquium stages dedupe   explains a stage
  A stage stands in a config: pipelines: { default: { stages: [{ dedupe: /id }] } }. As flags of run there are
  --filter, --explode, --sample-rate, --dedupe and --count-by.
`);
    return EXIT.ok;
  }
  const settings = stages.get(name);
  if (settings === undefined) {
    const hint = FOREIGN_STAGES[name] ?? didYouMean(name, stages.keys()) ?? 'colloquium stages lists them';
    throw new UserError(`no stage ${JSON.stringify(name)}`, EXIT.usage, hint);
  }
  process.stdout.write(table(settings.map(({ key, summary }) => [key, summary])));
  return EXIT.ok;
}

function table(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([head]) => head.length)) + 2;
  return lines.map(([head, text]) => `${wrapped(head.padEnd(width), text.split(' '))}\n`).join('');
}
