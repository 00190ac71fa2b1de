export { addTapRoute } from './routes.js';
export { TapHub } from './tap-hub.js';
