/**
 * Finds the variables of a URI, percent-decoded; undefined when the template does not fit it. The URI
 * comes as {@link normalUri} spells it: once, and not for each template anew.
 */
export type Match = (uri: string) => Record<string, string> | undefined;

/** RFC 3986 §4.3, an absolute URI: a scheme, no fragment; brackets around an IPv6 address only. */
export const absoluteUri =
  /^[A-Za-z][A-Za-z0-9+.-]*:(?=.)(\/\/([\w.~!$&'()*+,;=:@-]|%[\dA-Fa-f]{2}|\[[\dA-Fa-f:.]+\])*(?![^/?]))?([\w.~!$&'()*+,;=:@/?-]|%[\dA-Fa-f]{2})*$/;

/**
 * The one spelling of a URI that has many (RFC 3986 §6.2.2): what needs no percent-encoding has
 * none, the rest has it in upper case. What is equivalent must not have two sets of scopes.
 */
export const normalUri = (uri: string): string =>
  uri.replace(/%[\dA-Fa-f]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : code.toUpperCase();
  });

const expression = /\{(\w+)\}/;

/** What is wrong with a template; undefined when it is one of RFC 6570 level 1 that can be read back. */
function problemOf(literals: readonly string[], names: readonly string[]): string | undefined {
  if (literals.some((literal) => /[{}]/.test(literal))) {
    return 'has more than {name} in braces: only level 1 of RFC 6570 is possible';
  }
  const [first = ''] = literals;
  // A variable within the scheme would leave its colon to a later literal.
  if (!absoluteUri.test(literals.join('x')) || !first.includes(':')) {
    return 'is no template of an absolute URI (RFC 3986)';
  }
  if (names.length === 0) return 'has no {name}: write it as uri';
  if (new Set(names).size < names.length) return 'names a variable twice';
  if (names.includes('uri')) return 'has a variable called uri: the backend gets the whole by that';
  if (literals.slice(1, -1).includes('')) return 'has two variables with nothing between';
  return undefined;
}

function decode(name: string, written: string): [string, string] | undefined {
  if (/[/?#]/.test(written)) return undefined;
  try {
    return [name, decodeURIComponent(written)];
  } catch {
    return undefined;
  }
}

/**
 * Reads a URI template (RFC 6570 level 1: `{name}`, each within one segment).
 * Matching goes once from left to right, so a hostile URI costs no more than its length.
 * @returns what is wrong with it, or its function.
 */
export function readTemplate(written: string): Match | string {
  const template = normalUri(written);
  // Literals and names in turn, a literal first and last.
  const parts = template.split(expression);
  const literals = parts.filter((_, i) => i % 2 === 0);
  const names = parts.filter((_, i) => i % 2 === 1);
  const problem = problemOf(literals, names);
  if (problem !== undefined) return problem;
  const [head = ''] = literals;
  const steps = [...template.matchAll(/\{(\w+)\}([^{]*)/g)];
  return (uri) => {
    if (!uri.startsWith(head)) return undefined;
    const found: [string, string][] = [];
    let at = head.length;
    for (const [i, [, name = '', literal = '']] of steps.entries()) {
      const last = i === steps.length - 1;
      // At least one character is the variable's.
      const end = last ? uri.length - literal.length : uri.indexOf(literal, at + 1);
      if (end <= at || !uri.startsWith(literal, end)) return undefined;
      const entry = decode(name, uri.slice(at, end));
      if (!entry) return undefined;
      found.push(entry);
      at = end + literal.length;
    }
    return Object.fromEntries(found);
  };
}
