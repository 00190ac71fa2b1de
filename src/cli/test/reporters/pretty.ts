import type { Palette } from '../../../config/diagnostic/index.js';
import { visible } from '../../../config/diagnostic/index.js';
import { showFile } from '../../terminal/print-diagnostics.js';
import type { Reporter } from './reporter.js';
import { countsText, problemLines } from './words.js';

/** For people: a line for each case, and below a failed one what is wrong. */
export function prettyReporter(palette: Palette): Reporter {
  const marks = { passed: palette.hint('✓'), failed: palette.error('✗'), skipped: palette.warning('-') };
  return {
    result({ name, file, line, outcome, problems, updated }) {
      const place =
        outcome === 'failed' ? palette.faint(` (${showFile(file)}${line === undefined ? '' : `:${line}`})`) : '';
      const note = updated ? palette.faint(' (golden file written)') : '';
      const lines = problems.flatMap(problemLines).map((text) => `    ${visible(text)}\n`);
      return `${marks[outcome]} ${visible(name)}${place}${note}\n${lines.join('')}`;
    },
    end: (results) => `${countsText(results)}\n`,
  };
}
