import { callKey, type CallFacts, type Journal } from '../journal/index.js';
import type { AiWorld } from '../ai-world.js';
import type { Notice } from './options.js';

/** So many calls of a stage that have no answer are looked up under other names: what holds for one holds for all. */
const LOOKS = 3;
/** Stages without a name are called after their kind and place; few pipelines have more. */
const PLACES = 12;
/** Stages that are remembered. */
const STAGES_MAX = 1000;

/** Looks whether the answers to a stage's requests are in the journal under another name, and tells so. */
export interface OtherNames {
  /** Of a call that may be about to be made. @param key of these facts */
  look(facts: CallFacts, key: string, pipeline: string): Promise<void>;
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
  const looks = new Map<string, number>();
  const placeOf = (pipeline: string, stage: string): string => JSON.stringify([pipeline, stage]);
  return {
    async look(facts, key, pipeline) {
      const stage = placeOf(pipeline, facts.stage);
      const before = looks.get(stage) ?? 0;
      if (before >= LOOKS || (before === 0 && looks.size >= STAGES_MAX)) return;
      looks.set(stage, before);
      if ((await journal.get(key)) !== undefined) return;
      looks.set(stage, before + 1);
      for (let place = 1; place <= PLACES; place++) {
        const name = `${facts.request.embedding === undefined ? 'ai' : 'embed'}-${place}`;
        if (looks.has(placeOf(pipeline, name))) continue;
        const found = await journal.get(callKey({ ...facts, stage: name }));
        if (found?.record.state.kind !== 'ended') continue;
        if (found.record.pipeline !== pipeline || found.record.time >= since) continue;
        looks.set(stage, LOOKS);
        const message =
          `stage ${facts.stage} asks what was answered when it was called ${name}, and pays for it again: ` +
          `with 'name: ${name}' those answers are used`;
        notify({ kind: 'renamed-stage', message });
        return;
      }
    },
  };
}
