/** An order of texts that has nothing to do with what they say: samples are cut from it. Pure. */
import { sha256 } from '../ids.ts';

/** Hexadecimal digits of the SHA-256 that count: 52 bits, so that the number is exact in JSON. */
export const HASH_DIGITS = 13;

/** Where a text stands in the order, as digits. */
export function hashDigits(text: string): string {
  return sha256(text).slice(0, HASH_DIGITS);
}

/** The same as a number: 0 to 2^52 − 1. */
export function hashOrder(text: string): number {
  return Number.parseInt(hashDigits(text), 16);
}
