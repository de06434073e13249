const units = ['', 'K', 'M', 'G', 'T'] as const;

/** Bytes of `500M`, `20G`, `1.5T`, `20 GiB`; undefined for anything else. A plain number is of bytes. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  if (!match) return undefined;
  const power = units.findIndex((unit) => unit === (match[2] ?? '').toUpperCase());
  return Math.round(Number(match[1]) * 1024 ** power);
}

/** `1.3 GiB`, `512 B` */
export function formatSize(bytes: number): string {
  let value = bytes;
  let power = 0;
  while (value >= 1024 && power < units.length - 1) {
    value /= 1024;
    power += 1;
  }
  const unit = units[power] ?? '';
  return unit === '' ? `${value} B` : `${value.toFixed(1)} ${unit}iB`;
}
