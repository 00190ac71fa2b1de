/** The daemon: takes events in, stores them, and runs them through their pipelines. */
export { startDaemon, type Daemon } from './daemon.js';
