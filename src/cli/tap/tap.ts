import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import split2 from 'split2';
import { useSection } from '../../config/index.js';
import { eventFilter, type FilterAnswer } from '../../pipeline/index.js';
import { SinkClosedError, SinkError, stdoutSink } from '../../sinks/index.js';
import type { TapFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { eventLine } from '../log/event-line.js';
import { filterStages, parseFilters, surroundingsOf } from '../plan/given-scripts.js';
import { tablesOf } from '../plan/given-tables.js';
import { UserError } from '../exit/user-error.js';
import { findDaemon, type DaemonAddress } from './daemon-address.js';
import { openTap } from './open-tap.js';
import { readerGone } from './reader-gone.js';
import { tapTalk, type TapTalk } from './tap-talk.js';
import { writeStderr } from '../terminal/stderr.js';

const STDOUT = 1;

/** The line that the daemon writes where it leaves events out. */
const MISSED = /^\{"missed":([0-9]+)\}$/;

/** The limits without a config: anything that a daemon accepts may be filtered. */
const LIMITS = { depthMax: Number.POSITIVE_INFINITY, lineBytesMax: Number.POSITIVE_INFINITY };

type Judge = (line: string) => FilterAnswer;

/** `colloquium tap`: shows the live events of a running daemon, from flags to exit code. */
export async function tap(flags: TapFlags): Promise<ExitCode> {
  const daemon = await findDaemon(flags);
  const judge = flags.filter === undefined ? () => true : await judgeFor(flags.filter, daemon);
  const events = await openTap(daemon, flags);
  writeStderr(`colloquium: tapping ${daemon.url.origin}\n`);
  const talk = tapTalk(writeStderr, () => performance.now());
  const ending = new AbortController();
  void readerGone(ending.signal).then(() => events.destroy(new SinkClosedError('stdout is closed')));
  try {
    await show(events, judge, talk);
    talk.close();
    writeStderr('colloquium: the daemon has ended\n');
  } catch (error) {
    // Whoever closed the pipe has read enough.
    if (error instanceof SinkClosedError) return EXIT.ok;
    talk.close();
    if (error instanceof SinkError) throw error;
    throw new UserError('the connection to the daemon broke', EXIT.dataError);
  } finally {
    ending.abort();
  }
  return EXIT.ok;
}

/** Filters run here, not in the daemon, because an observer should not spend the daemon's time. */
async function judgeFor(texts: readonly string[], { config }: DaemonAddress): Promise<Judge> {
  const surroundings = surroundingsOf(config, await tablesOf(undefined, config));
  const filters = await filterStages(await parseFilters(texts), surroundings);
  const limits = config === undefined ? LIMITS : { ...LIMITS, depthMax: useSection(config, 'processing').max_depth };
  return eventFilter(filters, limits);
}

async function show(events: Readable, judge: Judge, talk: TapTalk): Promise<void> {
  const sink = stdoutSink();
  const print = isatty(STDOUT) ? eventLine(process.stdout.columns) : (line: string) => line;
  // Not with `pipeline`, which would report the abandoned stream's error instead of the closed output's.
  const lines = events.pipe(split2());
  events.on('error', (error) => lines.destroy(error));
  for await (const line of lines as AsyncIterable<string>) {
    const missed = MISSED.exec(line)?.[1];
    if (missed !== undefined) talk.missed(Number(missed));
    if (missed !== undefined || line === '') continue;
    const answer = judge(line);
    if (typeof answer === 'object') talk.failed(answer.message);
    else if (answer) await sink.write(Buffer.from(`${print(line)}\n`));
  }
}
