/** A fleet's work as what is processed. */
export { WorkReader } from './work-reader.js';
