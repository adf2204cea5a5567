import {
  AppBridge,
  getToolUiResourceUri,
  PostMessageTransport,
  RESOURCE_MIME_TYPE,
} from '@modelcontextprotocol/ext-apps/app-bridge';
import { frameFor } from './frame.js';

/** A host of MCP Apps: the official bridge between the frame and the client of the gateway. */
export async function showApp({ client, tool, input, context }) {
  const { frame, load } = await frameFor(client, getToolUiResourceUri(tool), RESOURCE_MIME_TYPE);
  const bridge = new AppBridge(
    client,
    { name: 'widget-host', version: '1.0.0' },
    { serverTools: {} },
    { hostContext: { ...context, toolInfo: { tool }, displayMode: 'inline' } },
  );
  bridge.onsizechange = ({ height }) => {
    frame.style.height = `${height}px`;
  };
  const initialized = new Promise((resolve) => {
    bridge.oninitialized = resolve;
  });
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  load();
  await initialized;
  await bridge.sendToolInput({ arguments: input });
  return {
    sendResult: (result) => bridge.sendToolResult(result),
    changeContext: (changed) => bridge.sendHostContextChange(changed),
    /** Resolves when the widget has agreed to go. */
    tearDown: () => bridge.teardownResource({}),
  };
}
