import { choice, duration, flag, integer, path, size } from './fields.js';
import { section } from './structures.js';

export const processing = () =>
  section({
    worker_threads: integer(0, 256)
      .prefault(4)
      .describe(
        'Most worker threads; never more than the machine has processors. serve has at least one, so that no event keeps it from answering.',
      ),
    max_queue_size: integer(1, 10_000_000)
      .prefault(1000)
      .describe('Events that may wait; beyond it sources are slowed, and HTTP clients get 503.'),
    max_line_size: size(1, 2 ** 29)
      .prefault('16MB')
      .describe('A longer input line is dead-lettered without being read whole.'),
    max_depth: integer(1, 100_000).prefault(1000).describe('Data nested deeper than this is dead-lettered.'),
    event_timeout: duration(100, 86_400_000)
      .prefault('30s')
      .describe(
        'How long the scripts of serve may work on one event, time that it waits for an AI answer aside: then it fails with limit_exceeded. A plain number is milliseconds.',
      ),
    drain_timeout: duration(0)
      .prefault('20s')
      .describe(
        'How long serve may take to end: then AI calls are cut off, and are in doubt. A plain number is milliseconds.',
      ),
  });

export const computo = () =>
  section({
    dialect: choice(['auto', 'classic', 'current'])
      .prefault('auto')
      .describe('Which Computo dialect scripts are written in; auto decides per script.'),
    portable: flag()
      .prefault(false)
      .describe('Whether scripts that use operators which the reference engine does not have are refused.'),
    limits: section({
      steps: integer(1).optional().describe('Most evaluation steps per event.'),
      depth: integer(1).optional().describe('Deepest nesting of calls.'),
      output_size: size(1).optional().describe('Largest result.'),
    })
      .prefault({})
      .describe('A script that goes beyond one of these fails its event.'),
    permuto: section({
      interpolation: flag().prefault(false).describe('Replace placeholders inside longer text too.'),
      missing: choice(['ignore', 'error', 'remove'])
        .prefault('ignore')
        .describe('What becomes of a placeholder whose path does not exist.'),
    })
      .prefault({})
      .describe('Options of permuto.apply.'),
  });

export const journal = () =>
  section({
    ttl: duration(0).prefault('30d').describe('How long answers are kept. A plain number is milliseconds.'),
    max_size: size(1024 * 1024)
      .prefault('4GB')
      .describe('Largest size of the journal; the oldest answers go first.'),
    store: choice(['full', 'hash']).prefault('full').describe('hash: prompts are kept as hashes only.'),
    in_doubt: choice(['retry', 'hold', 'fail'])
      .prefault('retry')
      .describe('What becomes of calls that were in flight at a crash, whose cost cannot be known.'),
  });

export const stateDir = () =>
  path()
    .optional()
    .describe(
      'Folder of journal, ledger and checkpoints. Default: $XDG_STATE_HOME/colloquium where that is set, else .colloquium beside the config.',
    );

export const providerWait = () =>
  duration(0)
    .prefault('5m')
    .describe('How long a run waits when every AI provider is down. A plain number is milliseconds.');
