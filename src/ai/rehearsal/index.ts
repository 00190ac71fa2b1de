/** What stands in for providers while a pipeline is tested: recorded and given answers, and faults. */
export { Cassette, CassetteError, type Missing, type RecordedRequest, type Recording } from './cassette.js';
export { faultTally, withFaults, type FaultTally, type PlannedFault } from './faults.js';
export { givenAnswers, type GivenAnswer } from './given-answers.js';
export { currentOrigin, onBehalfOf, type CallOrigin } from './origin.js';
export { playCassette, type Played } from './play.js';
export { recordCassette } from './record.js';
