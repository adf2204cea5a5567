import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { LoginStopped, logIn } from '../tenant/oauth/login.ts';
import type { Terminal } from './options.ts';
import { StepFailed } from './step.ts';

/** Takes an authorization request to the person and gives the address the tenant sends the browser to. */
export type Person = (request: URL) => Promise<URL>;

/** Logs in at a pretend tenant without a browser. */
export function headless(username: string, password: string): Person {
  return async (request) => {
    try {
      return await logIn(request.href, { username, password });
    } catch (error) {
      if (!(error instanceof LoginStopped)) throw error;
      const wrong = error.error === 'invalid_user_password';
      throw new StepFailed({
        expected: `${username} logs in`,
        came: error.message,
        fix: wrong
          ? 'Give --user and --password of a person who lives in the pretend tenant.'
          : 'The page of the tenant says what is missing; see the step promotion.',
      });
    }
  };
}

/** Shows the link and waits on the loopback redirect URI (RFC 8252 §7.3) until the browser comes back. */
export function browser(redirectUri: string, seconds: number, { say }: Terminal): Person {
  const home = new URL(redirectUri);
  return async (request) => {
    const server = createServer();
    server.listen(Number(home.port || 80), home.hostname.replace(/[[\]]/g, ''));
    await once(server, 'listening').catch((error: Error) => {
      throw new StepFailed({
        expected: `${redirectUri} for the rehearsal`,
        came: error.message,
        fix: 'End what listens there (MCP Inspector?), or give another --redirect.',
      });
    });
    say(`Log in here; the rehearsal goes on by itself:\n\n  ${request.href}\n`);
    try {
      return await comingBack(server, home, seconds);
    } finally {
      server.close();
    }
  };
}

/** The first request to the path of `home`; others (icons) are told no. */
function comingBack(server: Server, home: URL, seconds: number): Promise<URL> {
  return new Promise((resolve, reject) => {
    const giveUp = new StepFailed({
      expected: `a browser at ${home}`,
      came: `nobody within ${seconds} s`,
      fix: 'Open the link on this machine; --login-timeout gives more time. If the tenant shows an error page, read it: it names the cause.',
    });
    const patience = setTimeout(reject, seconds * 1000, giveUp);
    server.on('request', (req, res) => {
      const url = new URL(String(req.url), home);
      const back = url.pathname === home.pathname;
      res.writeHead(back ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' });
      res.end(back ? 'Done: go back to the rehearsal.' : 'Not here.');
      if (!back) return;
      clearTimeout(patience);
      resolve(url);
    });
  });
}

/** Shows the link and asks for the address the browser ends at: nothing of ours listens there. */
export function pasted(redirectUri: string, { say, ask }: Terminal): Person {
  return async (request) => {
    say(`Log in here:\n\n  ${request.href}\n`);
    const answer = (await ask(`Then paste the address that begins with ${redirectUri}: `)).trim();
    const back = URL.parse(answer);
    if (back !== null) return back;
    throw new StepFailed({
      expected: `an address that begins with ${redirectUri}`,
      came: answer === '' ? 'nothing' : 'no address',
      fix: 'Copy the whole address line of the browser after the login, with code and state.',
    });
  };
}
