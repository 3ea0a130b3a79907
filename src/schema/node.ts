import { Field, ID, InterfaceType } from 'type-graphql';
import { decodeGlobalId } from '../engine/ids.ts';

/** A value that is computed only when it is asked for: graphql-js calls a property that is a function. */
export type Lazy<T> = T | Promise<T> | (() => T | Promise<T>);

@InterfaceType('Node', {
  description: 'A thing with a global id, to be read again by node(id).',
  resolveType: (value: Node) => decodeGlobalId(value.id)?.type ?? undefined,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque, unique over all types; pass it on unchanged.' })
  id!: string;
}
