import { suite as anySuite, type CaseContext } from 'quiltboot/suite';
import type { ContainerDialect, DialectDifference } from './dialect.ts';

/** What a case of the container suites is handed. */
export type ContainerContext = CaseContext<ContainerDialect>;

/** Begins a suite whose cases know the dialect of task containers. */
export const suite = anySuite<ContainerDialect, DialectDifference>;
