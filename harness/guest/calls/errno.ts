import { constants } from 'node:os';

/** Error numbers are the same on x86 and s390; these are missing in Node's list, or never leave a correct kernel. */
const more = {
  ENOTBLK: 15,
  EUCLEAN: 117,
  EREMOTEIO: 121,
  ENOMEDIUM: 123,
  ERESTARTSYS: 512,
  ENOTSUPP: 524,
};

const names = new Map<number, string>();
for (const [name, code] of [...Object.entries(constants.errno), ...Object.entries(more)]) {
  if (name !== 'EWOULDBLOCK' && name !== 'EOPNOTSUPP') names.set(code, name);
}
names.set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');

/** `EBUSY` for 16; `E600` for a number without a name. */
export function errnoName(code: number): string {
  return names.get(code) ?? `E${code}`;
}
