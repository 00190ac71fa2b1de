import type { HistoryPoint } from '../history-point.js';
import { showBatches } from './batches.js';
import { chart } from './chart.js';
import { at, say, showTable } from './elements.js';
import { showFleet } from './fleet.js';
import { showLetters } from './letters.js';
import { showMoney } from './money.js';
import { prepareRetry, showRetry } from './retry.js';
import { perSecond, Samples, type FeedFrame } from './samples.js';
import { count, rate, seconds } from './words.js';

/** The number of seconds that rates span. */
const WINDOW_FRAMES = 5;
/** After an invalid answer the browser does not reconnect on its own. */
const RECONNECT_MS = 2000;

const EVENTS = 'events_processed_total';
const DELAYS = 'event_delivery_recent_seconds';

const PERCENTILES = ['p50', 'p95', 'p99'] as const;

/** What happens to the events of stages that look across events, in the order of the table's columns. */
const WAYS = ['in', 'made', 'out', 'filtered', 'merged', 'failed', 'forgotten'] as const;

const STAGES = 'stage_events_total';
const OPEN = 'stage_open_events';

/** The counts shown for a pipeline: those up to `Made` add up to as many as the others. */
const COLUMNS: readonly {
  readonly head: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Shown only where stages look across events. */
  readonly isAcross?: true;
}[] = [
  { head: 'In', name: 'events_read_total' },
  { head: 'Open before', name: 'stage_open_before_events', isAcross: true },
  { head: 'Made', name: STAGES, labels: { way: 'made' }, isAcross: true },
  { head: 'Out', name: EVENTS, labels: { outcome: 'output' } },
  { head: 'Filtered', name: EVENTS, labels: { outcome: 'filtered' } },
  { head: 'Unrouted', name: EVENTS, labels: { outcome: 'unrouted' } },
  { head: 'Skipped', name: EVENTS, labels: { outcome: 'skipped' } },
  { head: 'Dead letters', name: EVENTS, labels: { outcome: 'dead_lettered' } },
  { head: 'Merged', name: STAGES, labels: { way: 'merged' }, isAcross: true },
  { head: 'Open', name: OPEN, isAcross: true },
];

const throughput = chart(
  'throughput',
  [
    { label: 'in', colour: '--one' },
    { label: 'processed', colour: '--two' },
    { label: 'failed', colour: '--bad' },
  ],
  rate,
);
const delays = chart(
  'delays',
  [
    { label: 'p50', colour: '--two' },
    { label: 'p95', colour: '--one' },
    { label: 'p99', colour: '--bad' },
  ],
  seconds,
);

const frames: Samples[] = [];

const stored = (samples: Samples): number => samples.sum('events_stored_total');
const ended = (samples: Samples): number => samples.sum(EVENTS);
const failed = (samples: Samples): number =>
  samples.sum(EVENTS, { outcome: 'dead_lettered' }) + samples.sum(EVENTS, { outcome: 'skipped' });

function show(frame: FeedFrame): void {
  const now = new Samples(frame);
  // After a restart of the daemon, or of its clock, there is nothing to compare with.
  if (now.frame.at <= (frames.at(-1)?.frame.at ?? 0)) frames.length = 0;
  frames.push(now);
  if (frames.length > WINDOW_FRAMES + 1) frames.shift();
  const [before = now] = frames;
  const rates = [stored, ended, failed].map((sum) => perSecond(before, now, sum));
  ['rate-in', 'rate-done', 'rate-failed'].forEach((id, i) => say(id, `${rate(rates[i] ?? 0)}/s`));
  say('total-in', `${count(stored(now))} in all`);
  say('total-done', `${count(ended(now))} in all`);
  say('total-failed', `${count(failed(now))} in all`);
  const ofAll = (percentile: string): string => seconds(delayOf(now, percentile));
  say('latency', ofAll('p95'));
  say('latencies', `p50 ${ofAll('p50')} · p99 ${ofAll('p99')}`);
  say('lag', seconds(Math.max(0, ...now.all('pipeline_lag_seconds').map(([, , value]) => value))));
  const backlog = Math.max(0, ...now.all('pipeline_backlog_events').map(([, , value]) => value));
  say('backlog', `${count(backlog)} events`);
  const [, build] = now.all('build_info')[0] ?? [];
  say('version', build === undefined ? '' : `version ${build['version'] ?? ''}`);
  showPipelines(now);
  showStages(now);
  showErrors(now);
  showMoney(now);
  showBatches(frame);
  showFleet(frame);
  showRetry(now.sum('redrive_left_bytes'), now.sum('events_driven_again_total'));
  if (frame.point !== undefined) addPoints([frame.point]);
  at('retry').hidden = frame.role !== 'admin';
  void showLetters(now.sum(EVENTS, { outcome: 'dead_lettered' })).catch(() => undefined);
}

function addPoints(points: readonly HistoryPoint[]): void {
  throughput.add(points.map(([moment, ...values]) => [moment, values.slice(0, 3)]));
  delays.add(points.map(([moment, ...values]) => [moment, values.slice(3)]));
}

/** @param pipeline undefined: all together */
function delayOf(now: Samples, percentile: string, pipeline?: string): number | undefined {
  return now.all(DELAYS, { percentile }).find(([, labels]) => labels['pipeline'] === pipeline)?.[2];
}

function showPipelines(now: Samples): void {
  const shown = COLUMNS.filter(
    ({ isAcross }) => isAcross !== true || [STAGES, OPEN].some((name) => now.all(name).length > 0),
  );
  const rows = now.valuesOf(EVENTS, 'pipeline').map((pipeline) => {
    const state = now.all('pipeline_state', { pipeline }).find(([, , isSo]) => isSo === 1)?.[1]['state'] ?? '–';
    const counts = shown.map(({ name, labels }) => count(now.sum(name, { pipeline, ...labels })));
    const delays = PERCENTILES.map((percentile) => seconds(delayOf(now, percentile, pipeline)));
    return [pipeline, state, ...counts, seconds(now.value('pipeline_lag_seconds', { pipeline })), ...delays];
  });
  const heads = ['Name', 'State', ...shown.map(({ head }) => head), 'Waiting', ...PERCENTILES];
  showTable('pipelines', heads, rows, 'None: events are only stored.');
}

/** What stages that look across events have done, and what they keep; hidden where there are none. */
function showStages(now: Samples): void {
  const key = (pipeline = '', stage = ''): string => JSON.stringify([pipeline, stage]);
  const places = [...now.all(STAGES), ...now.all(OPEN)].map(([, { pipeline, stage }]) => key(pipeline, stage));
  const rows = [...new Set(places)].sort().map((place) => {
    const [pipeline = '', stage = ''] = JSON.parse(place) as readonly string[];
    const ways = WAYS.map((way) => count(now.sum(STAGES, { pipeline, stage, way })));
    return [`${pipeline} › ${stage}`, ...ways, count(now.sum(OPEN, { pipeline, stage }))];
  });
  at('across').hidden = rows.length === 0;
  const heads = ['Stage', 'In', 'Made', 'Out', 'Filtered', 'Merged', 'Failed', 'Forgotten', 'Open'];
  showTable('stages', heads, rows, 'None.');
}

function showErrors(now: Samples): void {
  const rows = [...now.all('event_failures_total')]
    .sort(([, , a], [, , b]) => b - a)
    .map(([, { kind = '', stage = '' }, value]) => [kind, stage, count(value)]);
  showTable('errors', ['Kind', 'Stage', 'Events'], rows, 'None.');
}

function connect(): void {
  const source = new EventSource('dashboard/feed');
  const status = at('status');
  const words = (text: string, isLive: boolean): void => {
    status.classList.toggle('live', isLive);
    const place = status.querySelector('.words');
    if (place !== null && place.textContent !== text) place.textContent = text;
  };
  source.addEventListener('history', ({ data }) => {
    throughput.clear();
    delays.clear();
    addPoints(JSON.parse(String(data)) as readonly HistoryPoint[]);
  });
  source.addEventListener('message', ({ data }) => {
    words('live', true);
    show(JSON.parse(String(data)) as FeedFrame);
  });
  source.addEventListener('error', () => {
    words('the daemon does not answer; retrying', false);
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, RECONNECT_MS);
  });
}

prepareRetry();
connect();
