import type { OutputTake } from '../../config/index.js';
import { tableEnding } from '../../files/names/index.js';
import {
  formatProblem,
  LINES_OF_JSON,
  OUTPUT_FORMATS,
  outputFormat,
  type FormatProblem,
} from '../../sinks/formats/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { OutputFlags, RunFlags } from './flags.js';

/**
 * The format of the one output, which is `-o` or standard output: as given by `--out` and `--columns`, or `-r`.
 *
 * @throws UserError
 */
export function resolveOutputFormat(flags: OutputFlags): Pick<OutputTake, 'format' | 'columns'> {
  const { rawOutput, columns } = flags;
  const named = rawOutput === true ? (flags.out ?? 'text') : flags.out;
  if (rawOutput === true && named !== 'text') {
    throw new UserError(`-r writes text, and --out says ${named}`, EXIT.usage, 'leave one out');
  }
  refuseUnknown(named);
  const format = named === LINES_OF_JSON ? undefined : named;
  const take = { ...(format !== undefined && { format }), ...(columns && { columns }) };
  refuseProblem(formatProblem({ envelope: flags.envelope === true, ...take }));
  if (columns === undefined && outputFormat(take)?.kind === 'table') refuseWithoutColumns(flags, named);
  return take;
}

/** Hints about a file whose name suggests another format than the one that it gets. */
export function formatHints({ out, rawOutput, output = '' }: OutputFlags): readonly string[] {
  const end = tableEnding(output);
  if (end === undefined || out !== undefined || rawOutput === true) return [];
  return [`${output} gets lines of JSON: --out ${end} writes ${end.toUpperCase()}`];
}

/** Rejects format flags, because a config's outputs set their own formats. @throws UserError */
export function refuseForConfig(flags: RunFlags): void {
  const flag = flags.rawOutput === true ? '-r' : '--out';
  throw new UserError(
    `${flag} says nothing of the outputs of the config, and the pipeline writes to them`,
    EXIT.usage,
    `write to standard output with -o -, or give the outputs a format in the config`,
  );
}

/** @throws UserError */
export function refuseProblem(problem: FormatProblem | undefined): void {
  if (problem !== undefined) throw new UserError(`--${problem.key}: ${problem.message}`, EXIT.usage);
}

function refuseUnknown(named: string | undefined): void {
  const names = [LINES_OF_JSON, ...OUTPUT_FORMATS.map(({ name }) => name)];
  if (named === undefined || names.includes(named)) return;
  const hint = `the formats are ${names.join(', ')}`;
  throw new UserError(`there is no output format ${JSON.stringify(named)}`, EXIT.usage, hint);
}

/** If another file or another run continues the output, the first event can't decide the columns. */
function refuseWithoutColumns(flags: OutputFlags, format = ''): void {
  const writesFile = flags.output !== undefined && flags.output !== '-';
  const keepsPlace = flags.resume ?? flags['resume=force'] ?? flags.restart;
  const flag = keepsPlace
    ? '--resume'
    : flags.rotate !== undefined
      ? '--rotate'
      : flags.follow === true && writesFile
        ? '--follow'
        : undefined;
  if (flag === undefined) return;
  const hint = `name them: --columns id,name`;
  throw new UserError(`${flag} needs the same columns in each file of ${format}`, EXIT.usage, hint);
}
