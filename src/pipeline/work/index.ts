/** Processing a fleet's work. */
export { WorkReader } from './work-reader.js';
