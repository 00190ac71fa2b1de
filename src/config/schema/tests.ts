import type { Json } from 'computo-js';
import type { output } from 'zod';
import { json, script } from '../kinds/fields.js';
import { momentOf } from '../tests/moment.js';
import { FAULT_EXPECTED, parseFault, type FaultKind } from '../tests/fault.js';
import { choice, duration, fraction, integer, money, path, text } from './fields.js';
import { alternatives, byKey, list, named, section } from './structures.js';
import { show } from './show.js';
import { z } from './zod.js';

/** A fault as text; a status may be a number. */
function fault() {
  return z
    .unknown()
    .transform((input, context): FaultKind => {
      const read = typeof input === 'string' || typeof input === 'number' ? parseFault(String(input)) : undefined;
      if (read !== undefined) return read;
      const got = input === undefined ? `missing: expected` : `expected`;
      const message = `${got} ${FAULT_EXPECTED}${input === undefined ? '' : `, got ${show(input)}`}`;
      context.issues.push({ code: 'custom', input, message });
      return z.NEVER;
    })
    .meta({ type: ['string', 'integer'] });
}

const events = (words: string) => list(words, json('a JSON value'));

/** Events, or the path of a file with them. */
const eventsOrFile = (words: string) =>
  alternatives(`a list of ${words}, or the path of a file`, [events(words), path('the path of a file')], (input) =>
    Array.isArray(input) ? 0 : typeof input === 'string' ? 1 : undefined,
  );

const answer = () =>
  section({
    when: script()
      .optional()
      .describe(
        'Which calls it answers: a script that sees the data of its row, and { row, stage, model, request } as $inputs/1.',
      ),
    text: z.string({ error: 'expected text' }).optional().describe('What the model says.'),
    json: json('a JSON value').optional().describe('What the model says, as JSON; for an embed stage the vector.'),
    error: fault().optional().describe('A fault in place of an answer, as under faults.'),
    tokens: section({
      input: integer(0).optional().describe('Input tokens.'),
      output: integer(0).optional().describe('Output tokens.'),
    })
      .optional()
      .describe('The tokens that it is billed for. Default: one for four characters.'),
  }).transform((value, context) => {
    const given = (['text', 'json', 'error'] as const).filter((key) => value[key] !== undefined);
    if (given.length !== 1) {
      const message = 'an answer is one of text, json and error';
      context.issues.push({ code: 'custom', input: value, message });
    }
    return value;
  });

const ai = () =>
  alternatives(
    'cassette, live, or a map with the key cassette or answers',
    [
      choice(['cassette', 'live']),
      section({
        cassette: text('a name', (name) => /^[\w.-]+$/.test(name)).describe(
          'The name of the cassette, without folder and ending.',
        ),
      }),
      section({ answers: list('answers', answer()).describe('Answers; the first that fits a call is given.') }),
    ],
    (input) => {
      if (typeof input === 'string') return 0;
      const key = byKey(['cassette', 'answers'])(input);
      return key === undefined ? undefined : key + 1;
    },
    ['cassette', 'answers'],
  );

const plannedFault = () =>
  section({
    is: fault().describe(`What goes wrong: ${FAULT_EXPECTED}.`),
    row: integer(1).optional().describe('Only requests for this row of the input.'),
    stage: text('the name of a stage').optional().describe('Only requests of this stage.'),
    provider: text('the name of a provider').optional().describe('Only requests to this provider.'),
    rate: fraction(0, 1).optional().describe('The share of requests that it meets, chosen by the seed.'),
    seed: integer(0).prefault(1).describe('Chooses which requests a rate meets.'),
    times: integer(1).optional().describe('The most requests that it meets. Default: 1, or any number with a rate.'),
    retry_after: duration(0).optional().describe('The wait that an error asks for.'),
  });

const expectations = () => ({
  output: eventsOrFile('events')
    .optional()
    .describe('The data of all finished events, in order. In a file: written by --update.'),
  expect: alternatives(
    'a script for every event, or a list with a script for each',
    [script(), list('scripts', script())],
    (input) => (Array.isArray(input) ? 1 : 0),
  )
    .optional()
    .describe('What must be true: one script for every finished event, or a list with one for each, in order.'),
  outputs: named('outputs by name', events('events'))
    .optional()
    .describe('The data of the events that each output takes, by its name: of a file, the name without ending.'),
  dead_letters: events('dead letters')
    .prefault([])
    .describe('The failed events, in order: of each, the members that are given here. Default: none.'),
  calls: integer(0).optional().describe('AI calls that were made: by stages, whatever the attempts.'),
  attempts: integer(0).optional().describe('HTTP requests to providers.'),
  cost: section({ at_most: money('an amount in US dollars, like 0.001').describe('The most US dollars.') })
    .optional()
    .describe('What all calls may cost, together.'),
  breakers: named('states by provider', choice(['closed', 'open', 'half-open', 'down']))
    .optional()
    .describe('The state of circuit breakers at the end.'),
  stopped: choice(['budget', 'provider-limit', 'providers-down', 'provider-refused'])
    .optional()
    .describe('Why the run stops before its end. Default: it does not.'),
});

/** A test case of a pipeline. */
export const testCase = () =>
  section({
    name: text('a name').describe('The name of the case; no two cases of a file share one.'),
    pipeline: text('the name of a pipeline').prefault('default').describe('The pipeline that is tested.'),
    input: eventsOrFile('events').describe('The events that go in.'),
    ai: ai()
      .prefault('cassette')
      .describe(
        'Who answers AI calls: cassette (recorded answers), { answers: [...] }, or live (sent, with --record only).',
      ),
    faults: list('faults', plannedFault()).prefault([]).describe('What goes wrong with requests to providers.'),
    now: text('a moment like 2026-01-01T00:00:00Z', (moment) => momentOf(moment) !== undefined)
      .optional()
      .describe('When the case begins. Its time is simulated. Default: 2026-01-01T00:00:00Z.'),
    ...expectations(),
  });

export const testCases = () => list('test cases', testCase());

/** A test file. */
export const testFile = () => section(testFileKeys());

export const testFileKeys = () => ({
  $schema: z.unknown().optional().describe('The JSON Schema that editors complete from.'),
  tests: testCases().prefault([]).describe('Test cases.'),
});

export type TestCaseConfig = output<ReturnType<typeof testCase>>;
export type TestAi = TestCaseConfig['ai'];
/** What a list or a path of a case holds. */
export type EventsOrFile = readonly Json[] | string;
