/** The description of the API, as OpenAPI. */
export { OPERATIONS } from './operations.js';
export { addDescription } from './route.js';
