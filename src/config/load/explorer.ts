/** Loaded only to search for a config. Exports names, because a dynamic import of CommonJS has none once bundled. */
export { cosmiconfig, defaultLoaders } from 'cosmiconfig';
