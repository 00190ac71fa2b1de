/** Floor 8: what the commands do, independent of how they were called. Each job has a folder and an entry point of its own. */
export { checkpointName, checkpointStore } from './checkpoints.js';
export { JobError, type JobErrorKind } from './job-error.js';
export { outputFiles, type AccessPlan, type AlertsPlan, type PipelineServePlan, type ServePlan } from './serve-plan.js';
export { keepOutOfGit } from './state-folder.js';
export { refuseHalfRekeyed } from './rekey-note.js';
export type { LogFields, PersonTalk, Talk } from './talk.js';
export { looseKeyFiles, openKeys, openReadableKeys } from './keys.js';
