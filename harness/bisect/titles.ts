import { nearest } from '../model/index.ts';

/** The title of a case, among those that suites write out, that a text was most likely meant to be. */
export function nearestTitle(text: string, titles: readonly string[]): string | undefined {
  return nearest(text, titles) ?? titles.find((title) => shares(title, text));
}

/** Whether at least half of the longer words of a text stand in a title. */
function shares(title: string, text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/\W+/)
    .filter((word) => word.length > 3);
  const found = words.filter((word) => title.toLowerCase().includes(word));
  return words.length > 0 && found.length * 2 >= words.length;
}
