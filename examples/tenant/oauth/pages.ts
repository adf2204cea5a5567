import type { Connection, Person } from '../state.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as HTML: names come from whoever registered a client. */
const asHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => String(escapes[sign]));

const style = `
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#eef0f5;color:#1e212a;font:16px/1.5 system-ui,sans-serif}
main{box-sizing:border-box;width:min(26rem,92vw);margin:1rem;padding:2rem;background:#fff;border-radius:.75rem;box-shadow:0 8px 30px #1e212a22}
h1{margin:0 0 .25rem;font-size:1.4rem}label{display:block;margin:1rem 0 .25rem;font-weight:600}
input{box-sizing:border-box;width:100%;padding:.6rem;border:1px solid #8b90a0;border-radius:.4rem;font:inherit}
button{width:100%;margin-top:1rem;padding:.7rem;border:1px solid #3f51d9;border-radius:.4rem;background:#3f51d9;color:#fff;font:inherit;font-weight:600;cursor:pointer}
button.quiet{background:#fff;color:#3f51d9}.error{padding:.6rem;border-radius:.4rem;background:#fdecea;color:#8c1d18}
.note{margin-top:1.5rem;padding-top:1rem;border-top:1px solid #d9dce5;font-size:.85rem;color:#555b6e}code{font-size:.95em}`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${asHtml(title)}</title><style>${style}</style></head>
<body><main><h1>${asHtml(title)}</h1>${body}</main></body></html>`;

const failure = (error: string, description: string): string =>
  `<p class="error"><code id="error">${asHtml(error)}</code><br><span id="description">${asHtml(description)}</span></p>`;

/** The page a person sees when the tenant refuses; `#error` and `#description` are for machines. */
export const errorPage = (error: string, description: string): string =>
  page('Oops, something went wrong', failure(error, description));

/** The page a person logs in on: a form of `username` and `password`. After a failure it says so. */
export function loginPage(
  clientName: string,
  connections: Connection[],
  people: Person[],
  wrong: boolean,
): string {
  const names = connections.map((connection) => `<code>${asHtml(connection.name)}</code>`);
  const notes = people.map((person) => {
    const roles = Object.values(person.permissions).flat().length > 0 ? 'has a role' : 'no role';
    return `<code>${asHtml(person.email)}</code> (${roles})`;
  });
  return page(
    'Welcome',
    `<p>Log in to continue to <strong>${asHtml(clientName)}</strong> with ${names.join(' or ')}.</p>
${wrong ? failure('invalid_user_password', 'Wrong email or password.') : ''}
<form method="post"><label for="username">Email</label>
<input id="username" name="username" type="email" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Continue</button></form>
<p class="note">This is a pretend tenant. In it live ${notes.join(' and ')};
the password is <code>correct horse</code>.</p>`,
  );
}

/** The page a person agrees on: buttons `action=accept` and `action=decline`. */
export function consentPage(clientName: string, redirectHost: string, scopes: string[]): string {
  const list = scopes.map((scope) => `<li><code>${asHtml(scope)}</code></li>`).join('');
  return page(
    'Authorize App',
    `<p><strong>${asHtml(clientName)}</strong> is requesting access to your account.
You will be sent to <strong>${asHtml(redirectHost)}</strong>.</p>
<ul>${list || '<li>no permissions</li>'}</ul>
<form method="post"><button name="action" value="accept">Accept</button>
<button class="quiet" name="action" value="decline">Decline</button></form>`,
  );
}
