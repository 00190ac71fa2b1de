/** Permuto: templates filled in from a context. */
export { brokenPlaceholder, type BrokenPlaceholder } from './broken-placeholder.js';
export { applyTemplate, TemplateDepthError, TemplateMissingError } from './apply.js';
export { DEFAULT_PERMUTO_OPTIONS, type PermutoOptions } from './options.js';
