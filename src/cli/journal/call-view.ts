import { dollars, standingOf, type Books, type Found, type Nano } from '../../ai/index.js';
import { inputTokens } from '../../ai/money/index.js';

/** How a call stands, in a word. `interrupted`: it is to be made again, and nothing is in doubt. */
export type CallStanding = 'answered' | 'failed' | 'under-way' | 'batched' | 'doubtful' | 'interrupted';

/** A call of the journal as it is shown. */
export interface CallView {
  readonly key: string;
  /** Time of the last change, milliseconds since the epoch. */
  readonly time: number;
  readonly pipeline: string;
  readonly stage: string;
  /** The event's id, or `#` and the number of the request among identical ones. */
  readonly event: string;
  readonly standing: CallStanding;
  readonly model: string;
  readonly provider: string | undefined;
  readonly attempts: number;
  /** Null: unknown. */
  readonly cost: Nano | null;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly latencyMs: number;
}

export async function viewOf(books: Books, found: Found): Promise<CallView> {
  const { key, record } = found;
  const { state, time, pipeline, stage, event = '', model } = record;
  const { kind: standing } = await standingOf(books, found);
  const common = { key, time, pipeline, stage, event };
  if (state.kind === 'ended') {
    const { ending } = state;
    const served = ending.kind === 'answered' ? ending.model : model;
    return { ...common, standing: ending.kind, model: served, provider: ending.provider, ...countsOf(ending.tally) };
  }
  const tally = 'kept' in state ? state.kept?.draft.tally : undefined;
  const word = standing === 'free' || standing === 'ended' ? 'interrupted' : standing;
  return { ...common, standing: word, model, provider: undefined, ...countsOf(tally) };
}

type Tally = Extract<Found['record']['state'], { kind: 'ended' }>['ending']['tally'];

function countsOf(tally: Tally | undefined): Pick<CallView, 'attempts' | 'cost' | 'tokens' | 'latencyMs'> {
  if (tally === undefined) return { attempts: 0, cost: null, tokens: { input: 0, output: 0 }, latencyMs: 0 };
  const { attempts, cost, tokens, latencyMs } = tally;
  return { attempts, cost, tokens: { input: inputTokens(tokens), output: tokens.output }, latencyMs };
}

/** The call for programs. Money is in US dollars. */
export function viewJson(view: CallView): Record<string, unknown> {
  const { key, time, pipeline, stage, event, standing, model, provider = null, attempts, cost, tokens } = view;
  return {
    key,
    time: new Date(time).toISOString(),
    pipeline,
    stage,
    event,
    state: standing,
    model,
    provider,
    attempts,
    cost: cost === null ? null : dollars(cost),
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    latency_ms: view.latencyMs,
  };
}
