/** Characters the model is shown at most. */
export const most = 2_000;

/** Characters that are looked at: what hides an address makes room for what comes after it. */
const looked = 2 * most;

/** As much of a text as is looked at, and no half of a word at its end where words are short. */
export function beginningOf(text: string): string {
  if (text.length <= looked) return text;
  const end = text.lastIndexOf(' ', looked);
  return text.slice(0, end > most ? end : looked);
}
