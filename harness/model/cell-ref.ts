/** A cell's address. */
export interface CellRef {
  readonly point: number;
  readonly target: string;
}
