import { Agent, request } from 'node:http';

/** Posts JSON over connections that stay open. */
export interface KeepAlive {
  /** The body of the answer. Rejects where it is not a 200 or has errors. */
  post(url: string, body: object): Promise<string>;
  close(): void;
}

export function keepAlive(connections: number): KeepAlive {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    post: (url, body) =>
      new Promise((resolve, reject) => {
        const sent = JSON.stringify(body);
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) };
        const asked = request(url, { agent, method: 'POST', headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode === 200 && !text.includes('"errors":[')) return resolve(text);
            reject(new Error(`${response.statusCode}: ${text.slice(0, 1_000)}`));
          });
        });
        asked.on('error', reject);
        asked.end(sent);
      }),
    close: () => agent.destroy(),
  };
}
