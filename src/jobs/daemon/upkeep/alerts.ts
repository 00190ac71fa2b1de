import { isDeepStrictEqual } from 'node:util';
import {
  createAlarm,
  postAlert,
  signalReader,
  type Alarm,
  type AlertMessage,
  type Metrics,
} from '../../../server/index.js';
import type { AlertPlan, AlertsPlan } from '../../serve-plan.js';
import type { Talk } from '../../talk.js';
import { reasonOf } from '../../reason-of.js';

/** How often the signals are checked. */
export const ALERT_INTERVAL_MS = 5000;

/** What alerts need from the outside world. */
export interface AlertsOptions {
  readonly plan: () => AlertsPlan;
  readonly metrics: Metrics;
  readonly talk: Talk;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

interface Watched {
  readonly rule: AlertPlan;
  readonly alarm: Alarm;
}

/** Watches the signals that the config's rules name. @returns a function that checks once and never fails */
export function watchAlerts(context: AlertsOptions): () => Promise<void> {
  const { metrics, talk, now, elapsed, wait } = context;
  const read = signalReader();
  let watched: readonly Watched[] = [];
  /** One message at a time, so that a webhook receives them in the order in which things happened. */
  let sending = Promise.resolve();

  return async () => {
    const { rules, webhook } = context.plan();
    // An unchanged rule keeps its state.
    watched = rules.map((rule) => ({
      rule,
      alarm: watched.find((one) => isDeepStrictEqual(one.rule, rule))?.alarm ?? createAlarm(rule),
    }));
    if (rules.length > 0) {
      const signals = read(await metrics.snapshot(), elapsed());
      for (const { rule, alarm } of watched) {
        const value = signals[rule.signal];
        const change = alarm.update(value, elapsed());
        if (change === undefined) continue;
        const { name: alert, signal, above } = rule;
        if (change === 'fires') talk.error('an alert fires', { alert, signal, value, above });
        else talk.info('an alert has cleared', { alert, signal, value, above });
        if (webhook !== undefined)
          send(webhook, messageOf(rule, change === 'fires' ? 'firing' : 'resolved', value, now()));
      }
    }
    metrics.alerts.show(watched.map(({ rule, alarm }) => ({ name: rule.name, isFiring: alarm.isFiring })));
  };

  function send(webhook: string, message: AlertMessage): void {
    sending = sending
      .then(() => postAlert(webhook, message, wait))
      .catch((error: unknown) =>
        talk.error('an alert could not be sent to the webhook', {
          alert: message.alert,
          error: reasonOf(error),
        }),
      );
  }
}

function messageOf(rule: AlertPlan, status: AlertMessage['status'], value: number, now: number): AlertMessage {
  const { name: alert, signal, above } = rule;
  const text = `colloquium: ${alert} is ${status}: ${signal} is ${Number(value.toPrecision(4))}, the limit ${above}`;
  return { alert, status, signal, value, above, time: new Date(now).toISOString(), text };
}
