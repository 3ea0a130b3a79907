/** The value of one series of the text format; 0 where it is not there. Labels as they are written, in order. */
export function valueOf(text: string, series: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

export async function scrape(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  if (answer.status !== 200) throw new Error(`metrics answered ${answer.status}`);
  return answer.text();
}
