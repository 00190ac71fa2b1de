import type { StreamState } from '../../../sources/place/index.js';
import type { OutputState } from '../../../sinks/index.js';
import { LINES_OF_JSON } from '../../../sinks/formats/index.js';
import { JobError } from '../../job-error.js';
import { STREAM, type InputRecord } from './checkpoint.js';
import type { Target } from './targets.js';

/**
 * Explains why a run can't continue, and what can be done.
 *
 * @param leftOut what would not be read if the run continued all the same
 */
export function refusal(output: string, differences: readonly string[], leftOut: readonly string[] = []): JobError {
  const hint =
    '--restart does everything again, and answers that were paid for are used again; ' +
    '--resume=force goes on from where it was all the same' +
    (leftOut.length > 0 ? `, and leaves out ${leftOut.join(' and ')}` : '');
  return new JobError(`cannot continue with ${output}: ${differences.join('; ')}`, 'refused', hint);
}

/** Explains that the content of outputs is unknown. @param stateFolder where it would be recorded */
export function unknownOutput(outputs: readonly Target[], stateFolder: string): JobError {
  const names = outputs.map(({ plan }) => plan.path).join(', ');
  const message = `${names} is not empty, and in ${stateFolder} nothing says which inputs that came from`;
  const isReplaced = outputs.every(({ plan }) => plan.mode === 'truncate');
  const hint = isReplaced
    ? '--restart does everything, and replaces it; -o takes another file'
    : '--restart does everything, and adds it to what is there; or move that away first';
  return new JobError(message, 'refused', hint);
}

/** Explains that a run's results can't be removed. */
export function cannotStartOver(
  files: readonly { readonly target: Target; readonly difference: string | undefined }[],
): JobError {
  const names = files.map(({ target }) => target.plan.path).join(', ');
  const why = files.flatMap(({ difference }) => difference ?? []);
  const message = `cannot start over: what the run wrote to ${names} cannot be taken back; ${why.join('; ')}`;
  return new JobError(message, 'refused', 'move it away, with the files that were set aside of it');
}

/** @param name as it was typed @param format the format in which it is read now */
export function inputDifference(
  name: string,
  { place, end, format: formatBefore }: InputRecord,
  state: StreamState,
  format: string | undefined,
): string | undefined {
  const bytes = (end ?? place)?.offset ?? 0;
  const lines = (end ?? place)?.lines ?? 0;
  const was = `${lines} lines (${bytes} bytes) of it are done`;
  const input = name === '-' ? 'standard input' : name;
  const isGood = state.kind === 'good' || state.kind === 'went-on';
  if (isGood) return undefined;
  if (format !== formatBefore)
    return `${input} was read as ${formatBefore ?? LINES_OF_JSON}, and now as ${format ?? LINES_OF_JSON}`;
  // Its bytes were counted in the converted lines.
  if (format !== undefined)
    return `${input} was cut, edited or replaced: its first ${lines} lines, which are done, are not those that were read`;
  switch (state.kind) {
    case 'cut':
      return `${input} was cut: it has ${state.size} bytes, and ${was}`;
    case 'edited':
      return `${input} was edited: the bytes before byte ${bytes} are not those that were read, and ${was}`;
    case 'other':
      return `${input} was replaced: it does not begin with the ${place?.file.head.bytes ?? 0} bytes that it began with, and ${was}`;
  }
}

export function missingInput({ path, place, finished }: InputRecord): string | undefined {
  if (finished || place === undefined) return undefined;
  const name = path === STREAM ? 'standard input' : path;
  return `it stopped within ${name}, behind line ${place.lines}, which is not among the inputs`;
}

/** @param bytes the number of bytes written when the checkpoint was made */
export function outputDifference(path: string, bytes: number, state: OutputState): string | undefined {
  switch (state.kind) {
    case 'good':
    case 'gone':
    case 'unknown':
      return undefined;
    case 'grown':
      return `${path} was written to by somebody else: it has ${state.bytes} bytes more than the ${bytes} that the run left`;
    case 'cut':
      return `${path} was cut: it has ${state.size} bytes, and the run had written ${bytes}`;
    case 'edited':
      return `${path} was edited: the bytes before byte ${bytes} are not those that the run wrote`;
    case 'replaced':
      return `${path} was replaced: it is not the file that the run wrote ${bytes} bytes of`;
  }
}
