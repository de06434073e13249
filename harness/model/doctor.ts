/** One thing that quiltboot needs, and how it stands on this machine. */
export interface DoctorEntry {
  /** `absent`: only wanted. `broken`: there, and does not work. `unknown`: could not be tried. */
  readonly state: 'ok' | 'missing' | 'absent' | 'broken' | 'unknown';
  readonly name: string;
  /** A version, a way to install it, or what is wrong. */
  readonly text: string;
}

export interface DoctorReport {
  /** Whether everything is there that quiltboot can't do without. */
  readonly ok: boolean;
  readonly entries: readonly DoctorEntry[];
  /** The command that installs everything that is not there; undefined when nothing is missing. */
  readonly install?: string;
}
