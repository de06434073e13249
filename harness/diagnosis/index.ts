export { type ReadText, type UnitOn } from './chain.ts';
export { commandFile, preprocessedName, unitCommand } from './command.ts';
export { type Declaration } from './declarations.ts';
export { type Explanation, explainMissing } from './explain.ts';
export { fileDiff, withInclude } from './insert.ts';
export { type MissingName, missingName } from './missing.ts';
export { declarationsIn } from './tree.ts';
export { readUnit, type Unit } from './unit.ts';
