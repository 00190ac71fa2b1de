import { callKey, type CallFacts, type CallIdentity, type Journal } from '../journal/index.js';
import type { AiWorld } from '../ai-world.js';
import { onePerProvider } from './choose.js';
import type { Notice } from './options.js';
import type { ProviderLane } from './provider-lane.js';

/** How many unanswered calls of a stage are looked up under other names: what is true of one is true of all. */
const LOOKS = 3;
/** Stages without a name are named by kind and place; few pipelines have more places. */
const PLACES = 12;
/** Other names of a model that are looked up. */
const MODELS_MAX = 8;
/** Stages that are remembered. */
const STAGES_MAX = 1000;

interface Stage {
  looks: number;
  /** Resolves when the lookups that were started have ended. */
  looked: Promise<void>;
  isTold: boolean;
}

/** A call of a stage, and what else it could be known by. */
export interface Unanswered {
  readonly facts: CallFacts;
  readonly pipeline: string;
  /** Its own, though equal requests be one call. */
  readonly identity: CallIdentity;
  /** Those that may serve. */
  readonly lanes: readonly ProviderLane[];
}

/** What a call was known by in a run before, perhaps. */
interface OtherKey {
  readonly facts: CallFacts;
  /** `it was called ai-1`, and what brings the answers back. */
  readonly when: string;
  readonly how: string;
}

/** Looks whether the answers to a stage's requests are in the journal under another name, and tells so. */
export interface OtherNames {
  /** Notes that a stage makes calls, so that its name is not the earlier name of another stage. */
  present(pipeline: string, stage: string): void;
  /** Of a call of a stage that is present, which has no answer. */
  find(call: Unanswered): Promise<void>;
}

/**
 * Answers are kept by their stage's name, by row, and by who may serve: where one of these changes, calls are paid for again. A stage
 * that asks too, or an answer of this process, is no earlier one.
 */
export function createOtherNames(
  journal: Journal,
  world: Pick<AiWorld, 'now'>,
  notify: (notice: Notice) => void,
): OtherNames {
  const since = world.now();
  const stages = new Map<string, Stage>();
  const placeOf = (pipeline: string, stage: string): string => JSON.stringify([pipeline, stage]);

  async function tell(stage: Stage, call: Unanswered): Promise<void> {
    const { facts, pipeline } = call;
    const named = stageNames(call).filter((name) => !stages.has(placeOf(pipeline, name)));
    const others = [...named.map((name) => asStage(facts, name)), ...otherRows(call), ...otherServers(call)];
    for (const { facts: before, when, how } of others) {
      if (stage.isTold) return;
      const found = await journal.get(callKey(before));
      if (found?.record.state.kind !== 'ended') continue;
      if (found.record.pipeline !== pipeline || found.record.time >= since) continue;
      stage.isTold = true;
      const message = `stage ${facts.stage} asks what was answered when ${when}, and pays for it again: with ${how} those answers are used`;
      notify({ kind: 'renamed-stage', message });
    }
  }

  return {
    present(pipeline, stage) {
      const place = placeOf(pipeline, stage);
      if (stages.has(place) || stages.size >= STAGES_MAX) return;
      stages.set(place, { looks: 0, looked: Promise.resolve(), isTold: false });
    },
    async find(call) {
      const stage = stages.get(placeOf(call.pipeline, call.facts.stage));
      if (stage === undefined) return;
      if (stage.looks < LOOKS) {
        stage.looks += 1;
        stage.looked = stage.looked.then(() => tell(stage, call));
      }
      // Later calls don't overtake earlier lookups.
      await stage.looked;
    },
  };
}

function stageNames({ facts }: Unanswered): readonly string[] {
  const kind = facts.request.embedding === undefined ? 'ai' : 'embed';
  return Array.from({ length: PLACES }, (_, i) => `${kind}-${i + 1}`).filter((name) => name !== facts.stage);
}

function asStage(facts: CallFacts, name: string): OtherKey {
  return { facts: { ...facts, stage: name }, when: `it was called ${name}`, how: `'name: ${name}'` };
}

/** Equal requests were one call, or are from now on. */
function otherRows({ facts, identity }: Unanswered): readonly OtherKey[] {
  const own = { facts: { ...facts, identity }, when: 'it had no dedupe', how: `'dedupe: false'` };
  const shared = { facts: { ...facts, identity: undefined }, when: 'it had dedupe', how: `'dedupe: true'` };
  return [facts.identity === undefined ? own : shared];
}

/** Others could serve before, or the model had another name that stands for several. */
function otherServers({ facts, lanes }: Unanswered): readonly OtherKey[] {
  const { request, server } = facts;
  const providers = onePerProvider(lanes);
  const models = new Set(providers.flatMap((lane) => lane.namesOf(lane.wireModel(request.model))));
  const renamed = [...models]
    .filter((model) => model !== request.model)
    .slice(0, MODELS_MAX)
    .map((model): OtherKey => {
      const before = { ...facts, request: { ...request, model } };
      return { facts: before, when: `its model was called ${model}`, how: `'model: ${model}'` };
    });
  if (server !== undefined) {
    const several = { ...facts, server: undefined };
    return [...renamed, { facts: several, when: 'several providers could serve it', how: 'those under providers' }];
  }
  const alone = providers.map((lane): OtherKey => {
    const before = { ...facts, request: { ...request, model: lane.wireModel(request.model) }, server: lane.provider };
    return { facts: before, when: `only ${lane.name} could serve it`, how: `'providers: [${lane.name}]'` };
  });
  return [...renamed, ...alone];
}
