/** Everything that is stored gets encrypted with the current key. */
export { rekey, type RekeyPlan, type Rekeyed } from './rekey.js';
