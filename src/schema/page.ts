import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import type { Lazy } from './node.ts';

/** Rows on a page where the caller does not say. */
export const DEFAULT_FIRST = 25;

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: DEFAULT_FIRST, description: 'Rows on the page, 1 to 100.' })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last row already seen; the page begins behind it.',
  })
  after?: string | null;
}

@ObjectType('PageInfo', { description: 'Where a page stands in its connection.', simpleResolvers: true })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether rows follow.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether the page began behind a cursor.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null on an empty page.' })
  startCursor!: Lazy<string | null>;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last row, for `after` of the next page; null on an empty page.',
  })
  endCursor!: Lazy<string | null>;
}

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** A page as the schema gives it out. */
export interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly edges: Lazy<readonly Edge<Node>[]>;
  readonly pageInfo: PageInfoType;
  readonly totalCount: Lazy<number | null>;
  readonly totalCountCapped: Lazy<boolean>;
}

/** The connection type of a node type, with its edge type. `things` names the nodes in the descriptions. */
export function connectionOf<Node extends object>(
  name: string,
  things: string,
  node: () => ClassType<Node>,
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`, { description: `A place among ${things}.`, simpleResolvers: true })
  class EdgeType implements Edge<Node> {
    @Field(() => String, { description: 'Opaque; for `after`.' })
    cursor!: string;

    @Field(node, { description: 'What is at this place.' })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${things}.`, simpleResolvers: true })
  class ConnectionType implements Connection<Node> {
    @Field(() => [node()], { description: 'The rows of the page.' })
    nodes!: readonly Node[];

    @Field(() => [EdgeType], { description: 'The rows of the page, each with its cursor.' })
    edges!: Lazy<readonly Edge<Node>[]>;

    @Field(() => PageInfoType, { description: 'Where the page stands.' })
    pageInfo!: PageInfoType;

    @Field(() => Int, {
      description: 'Rows in all; counted only when it is selected, and up to 10,000 in large logs.',
    })
    totalCount!: Lazy<number | null>;

    @Field(() => Boolean, { description: 'Whether counting stopped at 10,000: there are more.' })
    totalCountCapped!: Lazy<boolean>;
  }
  return ConnectionType;
}
