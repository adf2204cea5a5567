/** Content-Security-Policy of a widget (MCP Apps, host behaviour): what is not declared is closed. */
function policyOf({ connectDomains = [], resourceDomains = [], frameDomains = [] } = {}) {
  const list = (domains) => (domains.length > 0 ? domains.join(' ') : "'none'");
  const assets = resourceDomains.join(' ');
  return [
    "default-src 'none'",
    `script-src 'unsafe-inline' ${assets}`,
    `style-src 'unsafe-inline' ${assets}`,
    `img-src data: ${assets}`,
    `media-src data: ${assets}`,
    `font-src ${list(resourceDomains)}`,
    `connect-src ${list(connectDomains)}`,
    `frame-src ${list(frameDomains)}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/**
 * Reads a UI resource and makes an empty frame for it, of an origin of its own: `allow-scripts`
 * alone. `load` puts the document in, the policy before everything else; `script` runs first.
 */
export async function frameFor(client, uri, mimeType) {
  const { contents } = await client.readResource({ uri });
  const found = contents.find((content) => content.uri === uri && content.mimeType === mimeType);
  if (!found) throw new Error(`${uri} is no ${mimeType}.`);
  const { csp, prefersBorder } = found._meta?.ui ?? {};
  const page = new DOMParser().parseFromString(found.text, 'text/html');
  const frame = document.createElement('iframe');
  frame.title = 'Widget';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.classList.toggle('border', prefersBorder === true);
  document.getElementById('stage').replaceChildren(frame);
  const load = (script) => {
    if (script) {
      const first = page.createElement('script');
      first.textContent = script;
      page.head.prepend(first);
    }
    const policy = page.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = policyOf(csp);
    page.head.prepend(policy);
    frame.srcdoc = `<!doctype html>${page.documentElement.outerHTML}`;
  };
  return { frame, load };
}
