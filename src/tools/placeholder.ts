const placeholder = /\{\{([^{}]*)\}\}/g;

/** A copy of a JSON value with `{{name}}` replaced in every text of it; keys stay as they are. */
export function replaceIn(value: unknown, by: (name: string) => string): unknown {
  if (typeof value === 'string') return value.replace(placeholder, (_, name) => by(name.trim()));
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceIn(item, by)]));
}

/** The names that stand as `{{name}}` anywhere in the texts of a JSON value. */
export function placeholdersIn(value: unknown): Set<string> {
  const found = new Set<string>();
  replaceIn(value, (name) => {
    found.add(name);
    return '';
  });
  return found;
}
