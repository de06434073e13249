/** There is one implementation. */
export { default } from '../../container/dialects/container.ts';
