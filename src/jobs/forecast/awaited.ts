/** The failure of events that wait for an answer: they are no failures, and are counted apart. */
export const AWAITED = 'awaited';
