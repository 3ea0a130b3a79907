import { medianRatio, quantile, median } from '../support/statistics.ts';
import type { IndexState } from './index-state.ts';
import type { Quality } from './quality.ts';
import type { Rates } from './loading.ts';
import type { Speed, Way } from './speed.ts';

const LOADING_AIM = 0.9;
const SPEED_AIM = 1.2;

export function printLoading(rates: Rates): void {
  const bulk = rates.get('helpers.bulk');
  for (const [name, rate] of rates) {
    const ratio = bulk === undefined || name === 'helpers.bulk' ? null : rate / bulk;
    const beside = ratio === null ? '' : `, ${ratio.toFixed(2)} of helpers.bulk`;
    const aim =
      name !== 'loader' || ratio === null
        ? ''
        : ratio >= LOADING_AIM
          ? ` (within the aim of ${LOADING_AIM})`
          : ` (BELOW the aim of ${LOADING_AIM})`;
    console.log(`loading, ${name}: ${rate.toFixed(0)} documents/s${beside}${aim}`);
  }
}

export function printRest(rate: number, documents: number): void {
  console.log(`loading, loader alone: ${rate.toFixed(0)} documents/s of ${documents}`);
}

export function printIndex(
  { documents, bytes, segments }: IndexState,
  merged: 'BY FORCE' | 'AS LOADED',
): void {
  const how = merged === 'BY FORCE' ? 'merged by force' : 'none merged by force';
  const megabytes = (bytes / 2 ** 20).toFixed(0);
  console.log(`index: ${documents} documents, ${megabytes} MB, ${segments} segments, ${how}`);
}

export function printQuality({ recall, lists, pages }: Quality): void {
  console.log(
    `quality: recall@100 ${recall.toFixed(4)}, NDCG@10 of lists ${lists.toFixed(4)}, of pages ${pages.toFixed(4)}`,
  );
}

export function printSpeed(speeds: ReadonlyMap<Way['name'], Speed>): void {
  const bare = speeds.get('bare _msearch')!;
  console.log(
    `${''.padEnd(20)}     p50      p99  p50 ÷ bare  in turns   processor µs: main      all   Elasticsearch   PostgreSQL`,
  );
  for (const [name, { times, processor, servers }] of speeds) {
    const figure = (share: number): string => quantile(times, share).toFixed(2).padStart(8);
    const ratio = median(times) / median(bare.times);
    const ratios = `${ratio.toFixed(2).padStart(12)}${medianRatio(times, bare.times).toFixed(2).padStart(10)}`;
    const used = (['main', 'all'] as const)
      .map((part) => median(processor.map((time) => time[part])).toFixed(0))
      .map((text, place) => text.padStart(place === 0 ? 21 : 9))
      .join('');
    const others = `${mean(servers.map((time) => time.elasticsearch)).padStart(16)}${mean(servers.map((time) => time.postgres)).padStart(13)}`;
    const aim =
      name !== 'execute' ? '' : ratio <= SPEED_AIM ? `   within ${SPEED_AIM}` : `   ABOVE ${SPEED_AIM}`;
    console.log(`${name.padEnd(20)}${figure(0.5)} ${figure(0.99)}${ratios}${used}${others}${aim}`);
  }
}

/** The servers' accounts are too coarse for a median. */
function mean(values: readonly number[]): string {
  return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(0);
}
