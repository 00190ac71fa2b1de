/** Loaded only when a config is searched for. Named here, because a dynamic import of CommonJS has no names once bundled. */
export { cosmiconfig, defaultLoaders } from 'cosmiconfig';
