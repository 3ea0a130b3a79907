import type { Random } from '../../src/engine/random.ts';

/** One of the items. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random.next() * items.length)]!;
}

/** `count` different items, in random order; all of them where there are fewer. */
export function pickSome<T>(random: Random, items: readonly T[], count: number): readonly T[] {
  const left = [...items];
  const picked: T[] = [];
  while (picked.length < count && left.length > 0)
    picked.push(...left.splice(Math.floor(random.next() * left.length), 1));
  return picked;
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
