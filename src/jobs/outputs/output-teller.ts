import type { OutputFinding } from '../../pipeline/processor/index.js';
import type { Talk } from '../talk.js';

/** Describes how somebody else has changed an output. */
export function wordsFor(finding: OutputFinding): string {
  const { when, kind } = finding;
  switch (kind) {
    case 'renamed':
      return 'an output file was renamed by somebody else: a new one is begun';
    case 'gone':
      return 'an output file is gone: a new one is begun, and what was in it up to the last checkpoint is not written again';
    case 'removed':
      return finding.isRestored
        ? 'an output file was removed by somebody else: what was in it is written again'
        : 'an output file was removed by somebody else, and what was in it could not be read any more';
    case 'replaced':
      return 'an output file was replaced by somebody else: lines are added to the new one';
    case 'edited':
      return 'an output file was edited by somebody else: it stays as it is, and lines are added to it';
    case 'cut':
      return 'an output file was shortened by somebody else: lines are added to what is left';
    case 'grown':
      return `somebody else wrote to an output file${when === 'before' ? ' while it was not open' : ''}: that stays`;
    case 'cut-back':
      return 'an output file is truncated to the last checkpoint: what a killed writer left behind it is written again';
    case 'unknown':
      return 'an output file is longer than an earlier version left it: it stays as it is, and its last events may come again';
  }
}

/** Reports in the daemon's log what somebody else did to a pipeline's outputs. */
export function outputTeller(talk: Talk, pipeline: string): (file: string, finding: OutputFinding) => void {
  return (file, finding) => {
    const { bytes } = finding;
    talk.warn(wordsFor(finding), { pipeline, file, ...(bytes !== undefined && { bytes }) });
  };
}
