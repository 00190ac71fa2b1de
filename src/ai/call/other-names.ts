import { callKey, type CallFacts, type Journal } from '../journal/index.js';
import type { AiWorld } from '../ai-world.js';
import type { Notice } from './options.js';

/** How many unanswered calls of a stage are looked up under other names: what is true of one is true of all. */
const LOOKS = 3;
/** Stages without a name are named by kind and place; few pipelines have more places. */
const PLACES = 12;
/** Stages that are remembered. */
const STAGES_MAX = 1000;

interface Stage {
  looks: number;
  /** Resolves when the lookups that were started have ended. */
  looked: Promise<void>;
  isTold: boolean;
}

/** Looks whether the answers to a stage's requests are in the journal under another name, and tells so. */
export interface OtherNames {
  /** Notes that a stage makes calls, so that its name is not the earlier name of another stage. */
  present(pipeline: string, stage: string): void;
  /** Of a call of a stage that is present, which has no answer. */
  look(facts: CallFacts, pipeline: string): Promise<void>;
}

/**
 * Answers are kept by their stage's name: a name that changes, or a place that stands for one, would mean to pay again. A stage that
 * asks too, or an answer of this process, is no earlier one.
 */
export function createOtherNames(
  journal: Journal,
  world: Pick<AiWorld, 'now'>,
  notify: (notice: Notice) => void,
): OtherNames {
  const since = world.now();
  const stages = new Map<string, Stage>();
  const placeOf = (pipeline: string, stage: string): string => JSON.stringify([pipeline, stage]);

  async function tell(stage: Stage, facts: CallFacts, pipeline: string): Promise<void> {
    for (let place = 1; place <= PLACES && !stage.isTold; place++) {
      const name = `${facts.request.embedding === undefined ? 'ai' : 'embed'}-${place}`;
      if (stages.has(placeOf(pipeline, name))) continue;
      const found = await journal.get(callKey({ ...facts, stage: name }));
      if (found?.record.state.kind !== 'ended') continue;
      if (found.record.pipeline !== pipeline || found.record.time >= since) continue;
      stage.isTold = true;
      const message =
        `stage ${facts.stage} asks what was answered when it was called ${name}, and pays for it again: ` +
        `with 'name: ${name}' those answers are used`;
      notify({ kind: 'renamed-stage', message });
    }
  }

  return {
    present(pipeline, stage) {
      const place = placeOf(pipeline, stage);
      if (stages.has(place) || stages.size >= STAGES_MAX) return;
      stages.set(place, { looks: 0, looked: Promise.resolve(), isTold: false });
    },
    async look(facts, pipeline) {
      const stage = stages.get(placeOf(pipeline, facts.stage));
      if (stage === undefined) return;
      if (stage.looks < LOOKS) {
        stage.looks += 1;
        stage.looked = stage.looked.then(() => tell(stage, facts, pipeline));
      }
      // Later calls don't overtake earlier lookups.
      await stage.looked;
    },
  };
}
