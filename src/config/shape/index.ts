/** The shape of the data on its way through a pipeline. */
export { checkShapes, type ShapeStep } from './check-shapes.js';
export { SAMPLE_EVENTS_MAX, sampleOf, type Sample } from './sample.js';
export { stepsOf } from './steps.js';
