import t from 'tap';
import {
  isWebRedirect,
  type McpClient,
  originsOf,
  redirectAllowed,
} from '../../src/clients/presets.ts';
import { mcpClients } from '../../src/settings.ts';

const platform = 'https://chatgpt.com/connector_platform_oauth_redirect';
const callback = 'https://chatgpt.com/connector/oauth/aB3_x-9';

const own: Record<McpClient, string[]> = {
  chatgpt: [platform, callback, 'https://chatgpt.com/connector/oauth/-'],
  claude: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
  'claude-code': [
    'http://localhost:54212/callback',
    'http://127.0.0.1:1/callback',
    'http://[::1]:65535/callback',
    'http://localhost/callback',
  ],
  vscode: [
    'https://vscode.dev/redirect',
    'https://insiders.vscode.dev/redirect',
    'http://127.0.0.1/',
    'http://127.0.0.1:33418/',
  ],
  cursor: [
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'https://www.cursor.com/agents/mcp/oauth/callback',
  ],
  inspector: ['http://localhost:6274/oauth/callback'],
};

for (const client of mcpClients) {
  t.test(
    `${client} may be sent back to its own addresses, and no other client to them`,
    async (t) => {
      const others = mcpClients.filter((other) => other !== client);
      for (const redirect of own[client]) {
        t.ok(redirectAllowed(redirect, [client]), redirect);
        t.ok(redirectAllowed(redirect, mcpClients), `${redirect} among all`);
        t.notOk(redirectAllowed(redirect, others), `${redirect} for the others`);
        t.notOk(redirectAllowed(redirect, []), `${redirect} for nobody`);
      }
    },
  );
}

/** What an attacker might register so that it passes for an address of ChatGPT or of a local client. */
const hostile = [
  '',
  ' ',
  'chatgpt.com/connector_platform_oauth_redirect',
  '//chatgpt.com/connector_platform_oauth_redirect',
  'http://chatgpt.com/connector_platform_oauth_redirect',
  'ftp://chatgpt.com/connector_platform_oauth_redirect',
  'javascript://chatgpt.com/connector_platform_oauth_redirect',
  'data:text/html,https://chatgpt.com/connector_platform_oauth_redirect',
  'HTTPS://chatgpt.com/connector_platform_oauth_redirect',
  'https://CHATGPT.com/connector_platform_oauth_redirect',
  ` ${platform}`,
  `${platform} `,
  `${platform}\n`,
  `${platform}\t`,
  `${platform}\u0000`,
  `${platform}/`,
  `${platform}//`,
  `${platform}?`,
  `${platform}?next=https://evil.example`,
  `${platform}#`,
  `${platform}#x`,
  `${platform}.evil.example`,
  `${platform};x`,
  `${platform}%20`,
  `${platform}%00`,
  `${platform}\\`,
  'https:chatgpt.com/connector_platform_oauth_redirect',
  'https:/chatgpt.com/connector_platform_oauth_redirect',
  'https:///chatgpt.com/connector_platform_oauth_redirect',
  'https:\\\\chatgpt.com\\connector_platform_oauth_redirect',
  'https://chatgpt.com\\connector_platform_oauth_redirect',
  'https://evil.example\\@chatgpt.com/connector_platform_oauth_redirect',
  'https://evil.example#@chatgpt.com/connector_platform_oauth_redirect',
  'https://chatgpt.com:443/connector_platform_oauth_redirect',
  'https://chatgpt.com:8443/connector_platform_oauth_redirect',
  'https://chatgpt.com:/connector_platform_oauth_redirect',
  'https://chatgpt.com:80/connector_platform_oauth_redirect',
  'https://user@chatgpt.com/connector_platform_oauth_redirect',
  'https://user:pass@chatgpt.com/connector_platform_oauth_redirect',
  'https://@chatgpt.com/connector_platform_oauth_redirect',
  'https://chatgpt.com@evil.example/connector_platform_oauth_redirect',
  'https://chatgpt.com%40evil.example/connector_platform_oauth_redirect',
  'https://chatgpt.com.evil.example/connector_platform_oauth_redirect',
  'https://chatgpt.com./connector_platform_oauth_redirect',
  'https://.chatgpt.com/connector_platform_oauth_redirect',
  'https://evil.chatgpt.com/connector_platform_oauth_redirect',
  'https://www.chatgpt.com/connector_platform_oauth_redirect',
  'https://evilchatgpt.com/connector_platform_oauth_redirect',
  'https://chatgpt.co/connector_platform_oauth_redirect',
  'https://chatgpt.comm/connector_platform_oauth_redirect',
  'https://chat.openai.com/connector_platform_oauth_redirect',
  'https://platform.openai.com/apps-manage/oauth',
  'https://ch\u0430tgpt.com/connector_platform_oauth_redirect',
  'https://chatgpt\u3002com/connector_platform_oauth_redirect',
  'https://\uFF43hatgpt.com/connector_platform_oauth_redirect',
  'https://chatgpt.c\u00ADom/connector_platform_oauth_redirect',
  'https://chat\tgpt.com/connector_platform_oauth_redirect',
  'https://*.chatgpt.com/connector_platform_oauth_redirect',
  'https://*/connector_platform_oauth_redirect',
  'https://chatgpt.com/*',
  'https://chatgpt.com/',
  'https://chatgpt.com',
  'https://chatgpt.com//connector_platform_oauth_redirect',
  'https://chatgpt.com/./connector_platform_oauth_redirect',
  'https://chatgpt.com/x/../connector_platform_oauth_redirect',
  'https://chatgpt.com/x/%2e%2e/connector_platform_oauth_redirect',
  'https://chatgpt.com/connector%5Fplatform_oauth_redirect',
  'https://chatgpt.com/Connector_platform_oauth_redirect',
  'https://chatgpt.com/connector_platform_oauth_redirect2',
  'https://chatgpt.com/connector_platform_oauth_redirec',
  'https://chatgpt.com/backend/connector_platform_oauth_redirect',
  'https://chatgpt.com/connector/oauth',
  'https://chatgpt.com/connector/oauth/',
  'https://chatgpt.com/connector/oauth/a/',
  'https://chatgpt.com/connector/oauth/a/b',
  'https://chatgpt.com/connector/oauth/a.b',
  'https://chatgpt.com/connector/oauth/a%2Fb',
  'https://chatgpt.com/connector/oauth/..',
  'https://chatgpt.com/connector/oauth/../oauth/a',
  'https://chatgpt.com/connector/oauth/a?b',
  'https://chatgpt.com/connector/oauth/a#b',
  'https://chatgpt.com/connector/oauth/a\nb',
  'https://chatgpt.com/connector/oauth/\u00E4',
  'https://chatgpt.com/x/connector/oauth/a',
  'https://evil.example/connector/oauth/a',
  'https://evil.example/?u=https://chatgpt.com/connector/oauth/a',
  'https://claude.ai.evil.example/api/mcp/auth_callback',
  'https://claude.ai:8443/api/mcp/auth_callback',
  'http://claude.ai/api/mcp/auth_callback',
  'https://claude.com/api/mcp/auth_callback/',
  'https://vscode.dev/redirect?url=https://evil.example',
  'https://vscode.dev:1/redirect',
  'https://evil.vscode.dev/redirect',
  'http://localhost.evil.example:33418/',
  'http://localhost:33418/elsewhere',
  'http://localhost@evil.example/callback',
  'http://localhost:99999/callback',
  'http://localhost:0x50/callback',
  'http://localhost:1/callback?',
  'http://127.0.0.1.evil.example/callback',
  'http://127.1:1/callback',
  'http://2130706433:1/callback',
  'http://0x7f.0.0.1:1/callback',
  'http://127.0.0.2:1/callback',
  'http://0.0.0.0:1/callback',
  'http://[::]:1/callback',
  'http://[::ffff:127.0.0.1]:1/callback',
  'http://[0:0:0:0:0:0:0:1]:1/callback',
  'http://192.168.1.10:1/callback',
  'https://localhost:1/callback',
  'https://127.0.0.1/',
  'cursor://evil/oauth/callback',
  'cursor://anysphere.cursor-mcp:1/oauth/callback',
  'cursor://x@anysphere.cursor-mcp/oauth/callback',
  'cursor:anysphere.cursor-mcp/oauth/callback',
  'cursor://anysphere.cursor-mcp/oauth/callback/..',
  'cursor://ANYSPHERE.cursor-mcp/oauth/callback',
  'cursors://anysphere.cursor-mcp/oauth/callback',
  'vscode://vscode.dev/redirect',
];

t.test('no disguise of an allowed address passes, whichever clients are allowed', async (t) => {
  t.ok(hostile.length >= 60, `${hostile.length} addresses`);
  t.equal(new Set(hostile).size, hostile.length, 'each is another');
  for (const redirect of hostile) {
    t.notOk(redirectAllowed(redirect, mcpClients), JSON.stringify(redirect));
  }
});

t.test('web redirects are those only the owner of a host receives', async (t) => {
  t.ok(isWebRedirect(platform));
  t.notOk(isWebRedirect('http://localhost:1/callback'));
  t.notOk(isWebRedirect('cursor://anysphere.cursor-mcp/oauth/callback'));
});

t.test('origins are those of the allowed clients alone', async (t) => {
  t.strictSame([...new Set(originsOf(['chatgpt']))], ['https://chatgpt.com']);
  t.strictSame(originsOf(['claude']), ['https://claude.ai', 'https://claude.com']);
  t.strictSame(originsOf(['claude-code', 'inspector']), []);
  t.strictSame(originsOf([]), []);
});
