import { renamed } from '../../lib/dialect.ts';

/** The series itself. */
export default renamed('container');
