import { basename } from 'node:path';
import { visible } from '../../../config/diagnostic/index.js';
import type { Reporter } from './reporter.js';
import { problemLines } from './words.js';

/** TAP, version 14. */
export function tapReporter(count: number): Reporter {
  let number = 0;
  return {
    head: `TAP version 14\n1..${count}\n`,
    result({ name, file, line, outcome, problems }) {
      number += 1;
      const description = visible(name.replaceAll(/[\n\r]+/g, ' ')).replaceAll(/[\\#]/g, '\\$&');
      const reason = visible(problems[0]?.message.replaceAll(/[\n\r]+/g, ' ') ?? '');
      const skipped = outcome === 'skipped' ? ` # SKIP ${reason}` : '';
      const first = `${outcome === 'failed' ? 'not ok' : 'ok'} ${number} - ${description}${skipped}\n`;
      if (outcome !== 'failed') return first;
      const details = problems.flatMap(problemLines).flatMap((text) => text.split('\n'));
      const at = `${basename(file)}${line === undefined ? '' : `:${line}`}`;
      const yaml = [
        '---',
        `at: ${JSON.stringify(at)}`,
        'message: |',
        ...details.map((text) => `  ${visible(text)}`),
        '...',
      ];
      return first + yaml.map((text) => `  ${text}\n`).join('');
    },
    end: () => '',
  };
}
