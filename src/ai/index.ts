/** Floor 3: AI providers, chosen, limited, priced, protected and remembered. To be imported only when a pipeline has an AI stage. */
export * from './call/index.js';
export { realWorld, type World } from './world.js';
