/** The two current forms of the language. */
export type Dialect = 'classic' | 'current';

/** The dialect that a caller can choose: one of the two, or automatic detection. */
export type DialectOption = Dialect | 'auto';
