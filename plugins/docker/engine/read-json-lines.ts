import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The JSON values of a stream of lines, as the engine writes progress and events. */
export async function* readJsonLines(stream: Readable): AsyncGenerator {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield JSON.parse(rest);
}
