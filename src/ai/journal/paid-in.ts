import type { CallState, PaidAttempt } from './record.js';

/** The attempt that brought the last answer that a call has. */
export function paidIn(state: CallState): PaidAttempt | undefined {
  switch (state.kind) {
    case 'ended':
      return state.paid;
    case 'received':
      return state.received.paid;
    case 'open':
    case 'cut':
    case 'draft':
    case 'batched':
    case 'returned':
      return state.kept?.paid;
  }
}
