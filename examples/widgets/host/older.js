import { frameFor } from './frame.js';

/** Runs in the frame before the widget: `window.openai` as ChatGPT's older host gives it. */
function bridge(globals) {
  const calls = [];
  const tell = (message) => window.parent.postMessage(message, '*');
  window.openai = {
    ...globals,
    callTool: (name, args) =>
      new Promise((resolve, reject) => {
        tell({ callTool: { name, arguments: args, call: calls.push({ resolve, reject }) - 1 } });
      }),
    notifyIntrinsicHeight: (height) => tell({ height }),
  };
  window.addEventListener('message', ({ source, data }) => {
    if (source !== window.parent) return;
    if (data.globals) {
      Object.assign(window.openai, data.globals);
      window.dispatchEvent(new CustomEvent('openai:set_globals', { detail: data }));
    } else if (data.error) calls[data.call].reject(new Error(data.error));
    else calls[data.call].resolve(data.result);
  });
}

/** The host ChatGPT had before MCP Apps, as far as a widget that shows a result needs it. */
export async function showOlder({ client, tool, input, context: { theme, locale } }) {
  const uri = tool._meta['openai/outputTemplate'];
  const { frame, load } = await frameFor(client, uri, 'text/html+skybridge');
  const tell = (message) => frame.contentWindow.postMessage(message, '*');
  window.addEventListener('message', async ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    if (data.height) frame.style.height = `${data.height}px`;
    if (!data.callTool) return;
    const { call, ...params } = data.callTool;
    const answer = await client.callTool(params).then(
      (result) => ({ result }),
      (error) => ({ error: error.message }),
    );
    tell({ call, ...answer });
  });
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  // A script ends at the first `</script`, also within a string.
  const globals = JSON.stringify({ theme, locale, toolInput: input, toolOutput: null });
  load(`(${bridge})(${globals.replaceAll('<', '\\u003c')});`);
  await loaded;
  return {
    sendResult: ({ structuredContent }) => tell({ globals: { toolOutput: structuredContent } }),
    changeContext: (changed) => tell({ globals: { theme: changed.theme } }),
  };
}
