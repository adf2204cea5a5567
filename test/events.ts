/** The messages of a stream of events that has ended (WHATWG, server-sent events). */
export const messagesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n\n')
    .flatMap((event) => event.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => JSON.parse(line.slice('data: '.length)));
