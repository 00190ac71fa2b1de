import type { KeptStateTalk } from '../../kept-state.js';
import type { Talk } from '../../talk.js';

/** Writes reports about the state of a pipeline's stages to the daemon's log. */
export function stateTalk(talk: Talk, pipeline: string): KeptStateTalk {
  return {
    onForget: (stage) =>
      talk.warn('what a stage knew of the events before is forgotten, because it was changed or removed', {
        pipeline,
        stage,
      }),
    onGone: (folder) =>
      talk.error('what the stages knew of the events before is lost: its folder was removed, and they begin anew', {
        pipeline,
        folder,
      }),
    wayOut: stateWayOut,
  };
}

/** @param folder the folder of a state that can't be read */
export function stateWayOut(folder: string): string {
  return `put the former one back, or remove ${folder}: then the stages begin anew, and what they kept is lost`;
}
