import { forecast } from '../../../jobs/forecast/index.js';
import { EXIT } from '../../exit/exit-codes.js';
import { onSignals } from '../../terminal/signals.js';
import { writeStderr } from '../../terminal/stderr.js';
import { terminalTalk } from '../../terminal/talk.js';
import type { RunCommand } from '../plan.js';
import { progressOn } from '../reporter.js';
import { billJson } from './bill-json.js';
import { batchPrice } from './batch-price.js';
import { billText } from './bill-text.js';

/** `colloquium run --dry-run`: does everything but the calls and the writing, then prints the bill. */
export async function dryRun(plan: RunCommand, sample: number): Promise<number> {
  const ending = new AbortController();
  const signals = onSignals(() => ending.abort());
  const talk = { ...terminalTalk(), ...(plan.progress && { progress: progressOn(false) }) };
  const bill = await forecast(plan, sample, talk, ending.signal);
  const batches = plan.ai?.batches;
  const inBatches = batches && batchPrice(bill, plan.pipeline, batches);
  writeStderr(plan.stats === 'json' ? billJson(bill, inBatches) : billText(bill, inBatches));
  return signals.code() ?? (bill.failed > 0 ? EXIT.someFailed : EXIT.ok);
}
