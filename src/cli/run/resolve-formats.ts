import { extname } from 'node:path';
import { patternTest } from 'computo-js';
import type { InputFormat } from '../../sources/index.js';
import { withoutPacking } from '../../files/index.js';
import { LINES_OF_JSON } from '../../sinks/formats/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { RunFlags } from './flags.js';

/** File-name endings whose format needs no lookup. */
const PLAIN = ['', '.ndjson', '.jsonl', '.json', '.log'];

/**
 * The formats of the inputs that are not lines of JSON: as given by `--in`, else by the end of the file name.
 *
 * @throws UserError
 */
export async function resolveFormats(
  inputs: readonly string[],
  flags: RunFlags,
): Promise<ReadonlyMap<string, InputFormat>> {
  const named = flags.in;
  if (flags.start !== undefined && named !== 'text') throw new UserError('--start needs --in text', EXIT.usage);
  if (named === LINES_OF_JSON || (named === undefined && inputs.every((name) => PLAIN.includes(endOf(name)))))
    return new Map();
  const { formatOfName, INPUT_FORMATS, joinedText } = await import('../../sources/formats/index.js');
  const isStart = flags.start === undefined ? undefined : startTest(flags.start);
  const formats = new Map<string, InputFormat>();
  for (const name of inputs) {
    const format = named === undefined ? formatOfName(name) : INPUT_FORMATS.find((one) => one.name === named);
    if (format !== undefined) formats.set(name, isStart === undefined ? format : joinedText(isStart));
  }
  if (named !== undefined && formats.size === 0) {
    const names = [LINES_OF_JSON, ...INPUT_FORMATS.map(({ name }) => name)].join(', ');
    throw new UserError(`there is no input format ${JSON.stringify(named)}`, EXIT.usage, `the formats are ${names}`);
  }
  const [first] = formats;
  if (first !== undefined) refuseToFollow(first[0], first[1].name, flags);
  return formats;
}

/** Returns a test of whether a line begins a record. @throws UserError */
function startTest(pattern: string): (line: string) => boolean {
  const read = patternTest(pattern);
  if ('problem' in read) throw new UserError(`--start: ${read.problem}`, EXIT.usage);
  return read.test;
}

/** @throws UserError */
function refuseToFollow(input: string, format: string, flags: RunFlags): void {
  if (flags.follow !== true) return;
  const hint = `tail -F ${input} | colloquium --in ${format} reads what is appended`;
  throw new UserError('--follow reads lines of JSON only', EXIT.usage, hint);
}

/** Returns `.csv` for `a.csv`, `a.csv.gz` and `a.csv.zst`. */
function endOf(name: string): string {
  return extname(withoutPacking(name)).toLowerCase();
}
