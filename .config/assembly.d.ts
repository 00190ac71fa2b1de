import type { Plugin } from 'esbuild';

/** For tests that bundle sources themselves. */
export declare const withAssembly: Plugin;
