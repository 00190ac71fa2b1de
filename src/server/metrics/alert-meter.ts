import type { MetricFactory } from './prom.js';

export interface AlertMeter {
  show(alerts: readonly { readonly name: string; readonly isFiring: boolean }[]): void;
}

/** Shows which of the config's alerts fire. */
export function alertMeter({ gauge }: MetricFactory): AlertMeter {
  const firing = gauge('alert_firing', 'Whether an alert of the config fires: 1 or 0.', ['alert']);
  return {
    show(alerts) {
      firing.reset();
      for (const { name, isFiring } of alerts) firing.set({ alert: name }, isFiring ? 1 : 0);
    },
  };
}
