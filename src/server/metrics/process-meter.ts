import type { Registry } from 'prom-client';
import type { Prom, MetricFactory } from './prom.js';

/** Gauges whose names look like counters: Prometheus's own checker rejects them. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

export interface ProcessMeter {
  /** A changed config was read and was applied or rejected. */
  reloaded(ok: boolean): void;
  /** The machine's clock stepped. */
  clockStepped(): void;
  /** Shows why a folder of the daemon is unavailable; undefined if it is available. */
  showAway(folders: { readonly log: string | undefined; readonly state: string | undefined }): void;
}

/** Measures the process, and shows the config that it uses. */
export function processMeter(prom: Prom, registry: Registry, make: MetricFactory, version: string): ProcessMeter {
  prom.collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  make.gauge('build_info', 'The running version; always 1.', ['version']).set({ version }, 1);
  const reloads = make.counter('config_reloads_total', 'Changed configs that were read, by result.', ['result']);
  const last = make.gauge('config_last_reload_successful', 'Whether the newest config is in use: 1 or 0.');
  last.set(1);
  const steps = make.counter(
    'clock_steps_total',
    'Times that the clock of the machine stepped by two seconds or more.',
  );
  const away = make.gauge('folder_away', 'Whether a folder of the daemon was moved, removed or replaced: 1 or 0.', [
    'folder',
  ]);
  for (const result of ['success', 'failure']) reloads.inc({ result }, 0);
  return {
    reloaded(ok) {
      reloads.inc({ result: ok ? 'success' : 'failure' });
      last.set(ok ? 1 : 0);
    },
    clockStepped: () => steps.inc(),
    showAway({ log, state }) {
      away.set({ folder: 'log' }, log === undefined ? 0 : 1);
      away.set({ folder: 'state' }, state === undefined ? 0 : 1);
    },
  };
}
