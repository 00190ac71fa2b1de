import { findCards } from './card.js';
import { findEmails } from './email.js';
import { findIbans } from './iban.js';
import { findIps } from './ip.js';
import { findPhones } from './phone.js';
import type { FindSpans } from './span.js';

/** What can be found, by the name of its kind. */
export const KINDS: ReadonlyMap<string, FindSpans> = new Map([
  ['email', findEmails],
  ['card', findCards],
  ['ip', findIps],
  ['phone', findPhones],
  ['iban', findIbans],
]);
