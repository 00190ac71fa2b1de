/** Alerts: what they watch, when they fire, and who is notified. */
export { createAlarm, type Alarm } from './alarm.js';
export { signalReader, type AlertSignals } from './signals.js';
export { postAlert, type AlertMessage } from './webhook.js';
