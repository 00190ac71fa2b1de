import type { Registry } from 'prom-client';
import { alertMeter, type AlertMeter } from './alert-meter.js';
import { aiMeter, type AiMeter } from './ai-meter.js';
import { forgetUnknown } from './forget.js';
import { intakeMeter, type IntakeMeter } from './intake-meter.js';
import { httpMeter, type HttpMeter } from './http-meter.js';
import { NO_NAMES, type KnownNames } from './known-names.js';
import { logMeter, type LogMeter } from './log-meter.js';
import { pipelineMeter, type PipelineMeter } from './pipeline-meter.js';
import { processMeter, type ProcessMeter } from './process-meter.js';
import { metricFactory } from './prom.js';
import { RecentDurations } from './recent-durations.js';
import { readSnapshot, type Snapshot } from './snapshot.js';

/**
 * All numbers of the daemon in one registry: the metrics page, its JSON, the dashboard and the alerts read them from here, so
 * that they always agree. Meters count events as they happen; states are read on request.
 */
export interface Metrics {
  readonly http: HttpMeter;
  readonly log: LogMeter;
  readonly pipelines: PipelineMeter;
  readonly ai: AiMeter;
  readonly alerts: AlertMeter;
  readonly intakes: IntakeMeter;
  readonly process: ProcessMeter;
  /** Allows these names in labels from now on; drops series with other names. */
  know(names: KnownNames): Promise<void>;
  /** @param show updates gauges before each read */
  beforeLook(show: () => Promise<void>): void;
  /** All numbers at this moment. */
  snapshot(): Promise<Snapshot>;
  /** The same in Prometheus' text format. */
  text(): Promise<string>;
  /** The media type of that text. */
  readonly contentType: string;
}

/**
 * @param version of the program
 * @param inputs kinds of its inputs other than HTTP
 * @param elapsed milliseconds of a clock that never jumps
 */
export async function openMetrics(version: string, inputs: readonly string[], elapsed: () => number): Promise<Metrics> {
  const { default: prom } = await import('prom-client');
  const registry: Registry = new prom.Registry();
  const make = metricFactory(prom, registry);
  let names = NO_NAMES;
  const http = httpMeter(make);
  const pipelines = pipelineMeter(make, () => names, new RecentDurations(elapsed));
  const shows: (() => Promise<void>)[] = [() => http.show()];
  const look = async (): Promise<void> => {
    pipelines.showDelays();
    for (const show of shows) await show();
  };

  return {
    http,
    log: logMeter(make),
    pipelines,
    ai: aiMeter(make, () => names),
    alerts: alertMeter(make),
    intakes: intakeMeter(make, inputs),
    process: processMeter(prom, registry, make, version),
    async know(next) {
      names = next;
      await forgetUnknown(registry, names);
      pipelines.begin(names.pipelines.keys());
    },
    beforeLook: (show) => void shows.push(show),
    async snapshot() {
      await look();
      return readSnapshot(registry);
    },
    async text() {
      await look();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
