import type { InputRecord, RunCheckpoint } from './checkpoint.js';
import type { GivenInput } from './given-input.js';
import type { JudgedTarget } from './judge-targets.js';
import type { KnownInput, MatchedInputs } from './match-inputs.js';

/**
 * The checkpoint as it was before the unfinished last line of an input was processed.
 *
 * @param at the index of the point
 */
export function takenBack(checkpoint: RunCheckpoint, at: number): RunCheckpoint {
  const inputs: InputRecord[] = [...checkpoint.inputs];
  const undone = checkpoint.points.slice(at);
  for (const { undo } of undone.toReversed()) {
    // The input may have been renamed since then.
    for (const { input, record } of undo) inputs[input] = { ...record, path: inputs[input]?.path ?? record.path };
  }
  const [first] = undone;
  if (first === undefined) return checkpoint;
  const line = inputs[first.input];
  if (line !== undefined) {
    const { path, place } = line;
    inputs[first.input] = { path, ...(place && { place }), finished: false };
  }
  return {
    ...checkpoint,
    inputs,
    files: checkpoint.files.map((file, index) => ({ ...file, position: first.positions[index] ?? file.position })),
    points: checkpoint.points.slice(0, at),
    failed: first.failed,
    // Results written after the point lie behind these positions.
    ended: false,
  };
}

/** The earliest point to roll back to because a last line grew; undefined if none did. */
export function pointToTakeBack(
  { points }: RunCheckpoint,
  known: readonly (KnownInput | undefined)[],
): number | undefined {
  const continued = new Set(known.flatMap((one) => (one?.state.kind === 'went-on' ? [one.record] : [])));
  const at = points.findIndex(({ input }) => continued.has(input));
  return at === -1 ? undefined : at;
}

/** Why a checkpoint can't be rolled back: what would have to be read again or removed, but can't be. */
export function obstacles({
  given,
  matched,
  checkpoint,
  from,
  files,
}: {
  readonly given: readonly GivenInput[];
  readonly matched: MatchedInputs;
  readonly checkpoint: RunCheckpoint;
  readonly from: RunCheckpoint;
  readonly files: readonly JudgedTarget[];
}): readonly string[] {
  const isUndone = (record: number): boolean =>
    checkpoint.inputs[record]?.place?.offset !== from.inputs[record]?.place?.offset;
  const missing = matched.missing.filter(isUndone).map((record) => checkpoint.inputs[record]?.path ?? '');
  const streams = matched.known.flatMap((one, at) =>
    one !== undefined && given[at]?.kind === 'stream' && isUndone(one.record) ? ['standard input'] : [],
  );
  const unread = [...missing, ...streams];
  const shared = files.flatMap(({ isShared, target }) => (isShared ? [target.plan.path] : []));
  const away = files.flatMap(({ target, canGoBackTo }) => {
    const to = from.files.find(({ path }) => path === target.path)?.position;
    return to === undefined || canGoBackTo(to) ? [] : [target.plan.path];
  });
  return [
    ...away.map((name) => `a last line went on, and what came of it is in a file that ${name} is not any more`),
    ...unread.map((name) => `a last line went on, and what was read of ${name} behind it would have to be read again`),
    ...shared.map((name) => `a last line went on, and somebody else has written to ${name} since it was done`),
  ];
}
