/** The failure code of events that wait for an answer: they count separately, not as failures. */
export const AWAITED = 'awaited';
