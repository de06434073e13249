/** The dialect of a series that names none. */
export { default } from './container.ts';
