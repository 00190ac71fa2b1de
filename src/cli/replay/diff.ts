import { isatty } from 'node:tty';
import { diff as diffJob, priceDiff, type DiffPlan } from '../../jobs/diff/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { pauseError } from '../exit/ending.js';
import { onDisk } from '../exit/on-disk.js';
import { openLog } from '../log/place.js';
import { billJson } from '../run/dry-run/bill-json.js';
import { billText } from '../run/dry-run/bill-text.js';
import { wayOn } from '../run/way-on.js';
import { stdoutPalette } from '../terminal/palette.js';
import { print } from '../terminal/print.js';
import { onSignals } from '../terminal/signals.js';
import { writeStderr } from '../terminal/stderr.js';
import { terminalTalk } from '../terminal/talk.js';
import { resolveDiff } from './diff-plan.js';
import { eventJson, eventText, summaryJson, summaryText } from './diff-text.js';
import type { ReplayFlags } from './flags.js';
import { refuseUnknownId } from './unknown-id.js';

const STDOUT = 1;

/** `colloquium replay --diff`: from flags to exit code. */
export async function diff(flags: ReplayFlags): Promise<number> {
  const plan = await resolveDiff(flags);
  await openLog({ folder: plan.replay.logFolder, config: plan.replay.config });
  await onDisk(() => refuseUnknownId(plan.replay));
  const ending = new AbortController();
  const signals = onSignals(() => ending.abort());
  try {
    if (flags.dryRun === true) await price(plan, flags, ending.signal);
    const code = flags.dryRun === true ? EXIT.ok : await compare(plan, flags, ending);
    return signals.code() ?? code;
  } finally {
    signals.ignore();
  }
}

async function price(plan: DiffPlan, { stats }: ReplayFlags, signal: AbortSignal): Promise<void> {
  for (const bill of await onDisk(() => priceDiff(plan, terminalTalk(), signal))) {
    writeStderr(stats === 'json' ? billJson(bill) : billText(bill));
  }
}

async function compare(plan: DiffPlan, { diff: asked }: ReplayFlags, ending: AbortController): Promise<number> {
  const how = asked === true || asked === undefined ? (isatty(STDOUT) ? 'events' : 'json') : asked;
  const palette = stdoutPalette();
  const show = async (text: string): Promise<void> => {
    // Nobody reads on.
    if (text !== '' && !(await print(text))) ending.abort();
  };
  const { summary, damagedPlaces, stopped } = await onDisk(() =>
    diffJob(plan, terminalTalk(), ending.signal, async (event) => {
      if (how === 'json') await show(eventJson(event));
      if (how === 'events') await show(eventText(event, palette));
    }),
  );
  await show(how === 'json' ? summaryJson(summary) : summaryText(summary));
  if (stopped !== undefined)
    throw pauseError(stopped, await wayOn(stopped, plan.replay.config, 'what was paid for is kept: run it again'));
  return damagedPlaces > 0 ? EXIT.dataError : EXIT.ok;
}
