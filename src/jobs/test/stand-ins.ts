import type { Json, JsonObject } from 'computo-js';
import {
  faultTally,
  givenAnswers,
  playCassette,
  recordCassette,
  withFaults,
  type CallOrigin,
  type Cassette,
  type GivenAnswer,
  type Missing,
  type Played,
} from '../../ai/rehearsal/index.js';
import type { OpenTables } from '../../config/kinds/index.js';
import { stringifyJson } from '../../json/index.js';
import { compileScript } from '../../pipeline/index.js';
import type { Rehearsal } from '../ai/open-client.js';
import type { PlannedCase } from './plan.js';
import type { Problem } from './result.js';

/** The cassette of a case. */
export interface CaseCassette {
  /** What is recorded. */
  readonly known: Cassette;
  /** Takes what is sent; absent: nothing is sent. */
  readonly recording?: Cassette;
}

export interface StandIns {
  readonly standIn: NonNullable<Rehearsal['standIn']>;
  /** What of a case never came into play, once it is over. */
  readonly idle: () => readonly Problem[];
}

/**
 * Puts together who answers the calls of a case, and what goes wrong with them.
 *
 * @param tables in which its scripts look rows up
 * @param onProblem told of a call that has no answer
 */
export function standInsOf(
  test: PlannedCase,
  cassette: CaseCassette | undefined,
  tables: OpenTables | undefined,
  onProblem: (problem: Problem) => void,
): StandIns {
  const tally = faultTally(
    test.faults.map(({ times, retry_after: retryAfterMs, ...fault }) => ({
      ...fault,
      retryAfterMs,
      times: times ?? (fault.rate === undefined ? 1 : Infinity),
    })),
  );
  const played: Played = { case: test.name, times: new Map() };
  const { ai } = test;
  const given = new Set<number>();
  const answers =
    ai.kind === 'given' ? ai.answers.map((answer, index) => givenAnswer(answer, tables, () => given.add(index))) : [];
  const standIn: StandIns['standIn'] = (options) => {
    const missed = (missing: Missing, origin: CallOrigin): void => onProblem(missingProblem(missing, origin));
    const unanswered = (origin: CallOrigin, reason?: string): void => onProblem(unansweredProblem(origin, reason));
    const inner =
      ai.kind === 'given'
        ? givenAnswers(answers, options, unanswered)
        : cassette === undefined
          ? { ...options.real(), isPlain: true }
          : cassette.recording === undefined
            ? playCassette(cassette.known, played, options, missed)
            : recordCassette(cassette.known, cassette.recording, played, options);
    return withFaults(inner, tally, options);
  };
  return {
    standIn,
    idle: () => [
      ...tally.unmet().flatMap((place) => idleFault(test, place)),
      ...answers.flatMap(({ when }, index) =>
        when === undefined || given.has(index)
          ? []
          : [{ message: `ai.answers[${index}]: it is never given: no call fits its condition` }],
      ),
    ],
  };
}

/** A rate may well choose no request. */
function idleFault({ faults, input }: PlannedCase, place: number): readonly Problem[] {
  const { rate, row } = faults[place] ?? {};
  if (rate !== undefined) return [];
  const isBeyond = row !== undefined && 'rows' in input && row > input.rows.length;
  const why = isBeyond ? `the input has no row ${row}` : 'no request fits it';
  return [{ message: `faults[${place}]: it never happens: ${why}` }];
}

type PlannedAnswer = Extract<PlannedCase['ai'], { kind: 'given' }>['answers'][number];

function givenAnswer(
  { when, gives, tokens }: PlannedAnswer,
  tables: OpenTables | undefined,
  onFit: () => void,
): GivenAnswer {
  const script = when && compileScript(when, 'when', { tables });
  return {
    gives: 'json' in gives ? ofJson(gives.json) : gives,
    ...(tokens && { tokens }),
    ...(script && {
      when(origin) {
        const fits = truthOf(script.run(origin.data, callOf(origin)));
        if (fits) onFit();
        return fits;
      },
    }),
  };
}

/** @throws Error for what is neither true nor false: it would be no answer without anybody knowing */
function truthOf(made: Json): boolean {
  if (typeof made === 'boolean') return made;
  throw new Error(`it gives ${shortened(stringifyJson(made))}, not true or false`);
}

/** Lists of numbers are vectors where such are asked for; everything else is what the model says. */
function ofJson(value: Json): GivenAnswer['gives'] {
  const text = stringifyJson(value);
  if (isVector(value)) return { text, vectors: [value] };
  return Array.isArray(value) && value.every(isVector) ? { text, vectors: value } : { text };
}

function isVector(value: Json): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number');
}

/** What a condition sees as `$inputs/1`. */
function callOf({ row, stage, request, model }: CallOrigin): Json {
  return { row, stage: stage ?? null, model: modelIn(request) ?? model ?? null, request: request ?? null };
}

function modelIn(request: Json | undefined): Json | undefined {
  return typeof request === 'object' && request !== null && !Array.isArray(request)
    ? (request as JsonObject)['model']
    : undefined;
}

function missingProblem({ asked, nearest }: Missing, origin: CallOrigin): Problem {
  const what = `${placeOf(origin)}: the cassette has no answer to its request`;
  if (nearest === undefined) return { message: `${what}, and none at all (${asked.provider}): --record sends it` };
  return { message: `${what}; the nearest one differs (--record new sends it)`, changes: nearest.changes };
}

function unansweredProblem(origin: CallOrigin, reason: string | undefined): Problem {
  const why = reason === undefined ? 'no answer of the case fits its request' : `a condition fails: ${reason}`;
  return { message: `${placeOf(origin)}: ${why}` };
}

function placeOf({ row, stage }: CallOrigin): string {
  return stage === undefined ? `row ${row}` : `row ${row}, stage ${stage}`;
}

const SHOWN_MAX = 200;

function shortened(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
