import { TASTE, TITLE } from './library.ts';

export type Spec = Readonly<Record<string, unknown>>;
/** A recipe that uses everything once. */
export const SPEC: Spec = {
  collections: ['books'],
  inputs: [
    { name: 'query', type: 'TEXT', required: true },
    { name: 'taste', type: 'VECTOR' },
    { name: 'tag', type: 'TEXT' },
    { name: 'since', type: 'TEXT', default: '2000-01-01' },
    { name: 'audience', type: 'TEXT', role: 'SEGMENT' },
  ],
  searches: [
    { feature: TITLE, input: 'books about {{INPUT.query}}', topK: 7, weight: 3 },
    {
      feature: TASTE,
      input: '{{INPUT.taste}}',
      weight: 1,
      onEmpty: 'SKIP',
      minScore: 0.1,
      filter: { field: 'tags', eq: '{{INPUT.tag}}' },
    },
  ],
  filter: { or: [{ not: { field: 'year', lt: 1900 } }, { field: 'addedAt', gte: '{{INPUT.since}}' }] },
  finalTopK: 12,
  description: 'by title and taste',
};
