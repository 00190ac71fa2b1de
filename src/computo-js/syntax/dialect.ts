/** The two living forms of the language. */
export type Dialect = 'classic' | 'current';

/** What a caller may ask for: one of the two, or to find out which. */
export type DialectOption = Dialect | 'auto';
