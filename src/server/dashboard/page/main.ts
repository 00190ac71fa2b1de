import { chart } from './chart.js';
import { at, say, showTable } from './elements.js';
import { showFleet } from './fleet.js';
import { prepareRetry, showLetters, showRetry } from './letters.js';
import { showMoney } from './money.js';
import { perSecond, quantile, Samples, type FeedFrame } from './samples.js';
import { count, rate, seconds } from './words.js';

/** The number of seconds that rates and latencies span. */
const WINDOW_FRAMES = 5;
/** After an invalid answer the browser does not reconnect on its own. */
const RECONNECT_MS = 2000;

const EVENTS = 'events_processed_total';
const DELIVERY = 'event_delivery_seconds';

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
    { label: 'half', colour: '--two' },
    { label: '95 %', colour: '--one' },
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
  frames.push(now);
  if (frames.length > WINDOW_FRAMES + 1) frames.shift();
  const [before = now] = frames;
  const rates = [stored, ended, failed].map((sum) => perSecond(before, now, sum));
  const half = quantile(before, now, DELIVERY, 0.5);
  const most = quantile(before, now, DELIVERY, 0.95);
  throughput.add(frame.at, rates);
  delays.add(frame.at, [half, most]);
  ['rate-in', 'rate-done', 'rate-failed'].forEach((id, i) => say(id, `${rate(rates[i] ?? 0)}/s`));
  say('total-in', `${count(stored(now))} in all`);
  say('total-done', `${count(ended(now))} in all`);
  say('total-failed', `${count(failed(now))} in all`);
  say('latency', seconds(most));
  say('lag', seconds(Math.max(0, ...now.all('pipeline_lag_seconds').map(([, , value]) => value))));
  const backlog = Math.max(0, ...now.all('pipeline_backlog_events').map(([, , value]) => value));
  say('backlog', `${count(backlog)} events in a pipeline`);
  const [, build] = now.all('build_info')[0] ?? [];
  say('version', build === undefined ? '' : `version ${build['version'] ?? ''}`);
  showPipelines(now);
  showErrors(now);
  showMoney(now);
  showFleet(frame);
  showRetry(now.sum('redrive_left_bytes'), now.sum('events_driven_again_total'));
  void showLetters(now.sum(EVENTS, { outcome: 'dead_lettered' }), frame.role).catch(() => undefined);
}

function showPipelines(now: Samples): void {
  const shown = COLUMNS.filter(
    ({ isAcross }) => isAcross !== true || [STAGES, OPEN].some((name) => now.all(name).length > 0),
  );
  const rows = now.valuesOf(EVENTS, 'pipeline').map((pipeline) => {
    const state = now.all('pipeline_state', { pipeline }).find(([, , isSo]) => isSo === 1)?.[1]['state'] ?? '–';
    const counts = shown.map(({ name, labels }) => count(now.sum(name, { pipeline, ...labels })));
    return [pipeline, state, ...counts, seconds(now.value('pipeline_lag_seconds', { pipeline }))];
  });
  const heads = ['Name', 'State', ...shown.map(({ head }) => head), 'Waiting'];
  showTable('pipelines', heads, rows, 'None: events are only stored.');
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
    if (place !== null) place.textContent = text;
  };
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
