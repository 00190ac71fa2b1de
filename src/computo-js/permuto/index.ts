/** Permuto: templates filled in from a context. */
export { applyTemplate, TemplateDepthError, TemplateMissingError } from './apply.js';
export { DEFAULT_PERMUTO_OPTIONS, type PermutoOptions } from './options.js';
