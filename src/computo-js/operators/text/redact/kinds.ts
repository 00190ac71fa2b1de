import { findCards } from './card.js';
import { findEmails } from './email.js';
import { findIbans } from './iban.js';
import { findIps } from './ip.js';
import { findPhones } from './phone.js';
import type { FindSpans } from './span.js';

/** The kinds of data that can be found, by name. */
export const KINDS: ReadonlyMap<string, FindSpans> = new Map([
  ['email', findEmails],
  ['card', findCards],
  ['ip', findIps],
  ['phone', findPhones],
  ['iban', findIbans],
]);
