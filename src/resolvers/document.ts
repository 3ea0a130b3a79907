import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  DeleteDocumentsInput,
  DeleteDocumentsPayload,
  DocumentConnection,
  DocumentType,
  IndexDocumentsInput,
  IndexDocumentsPayload,
  type IndexResultType,
} from '../schema/document.ts';
import { Json } from '../schema/scalars.ts';
import { PageArgs, type Connection } from '../schema/page.ts';
import { attempt } from './user-errors.ts';
import { deleteDocuments } from '../engine/collection/delete-documents.ts';
import { indexDocuments, type IndexOutcome } from '../engine/collection/index-documents.ts';
import { listDocuments, readDocument } from '../engine/collection/read-collections.ts';
import { readPage, toConnection } from './page.ts';
import { toDocument } from './map-document.ts';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';

@Resolver(() => DocumentType)
export class DocumentResolver {
  @Query(() => DocumentType, {
    nullable: true,
    description: 'A document by its id; null where there is none.',
  })
  async document(
    @Arg('collection', () => String, { description: 'Name of the collection.' }) collection: string,
    @Arg('id', () => ID, { description: 'Its id in the collection.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<DocumentType | null> {
    const found = await readDocument(context.ports, { namespace: context.viewer.namespace, collection, id });
    return found === null ? null : toDocument(context, found.collection, found.document);
  }

  @Query(() => DocumentConnection, {
    description: 'Documents of a collection, by id in order of UTF-8 bytes.',
  })
  async documents(
    @Arg('collection', () => String, { description: 'Name of the collection.' }) collection: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<DocumentType>> {
    const request = readPage(args, 'documents', info);
    const { namespace } = context.viewer;
    const found = await listDocuments(context.ports, { namespace, collection, page: request });
    return toConnection(found.page, { ...request, scope: 'documents' }, (document) =>
      toDocument(context, found.collection, document),
    );
  }

  @FieldResolver(() => Json, {
    description: 'Values of its fields by name; a field without a value is absent.',
  })
  fields(
    @Root() { values }: DocumentType,
    @Arg('names', () => [String], { nullable: true, description: 'Only these fields; null: all.' })
    names?: readonly string[] | null,
  ): Readonly<Record<string, unknown>> {
    if (names == null) return Object.fromEntries(values);
    return Object.fromEntries([...values].filter(([name]) => names.includes(name)));
  }

  @Mutation(() => IndexDocumentsPayload, {
    description:
      'Stores documents, each with its vectors. A bad document is refused and never spoils the rest.',
  })
  async indexDocuments(
    @Arg('input', () => IndexDocumentsInput, { description: 'What to store.' }) input: IndexDocumentsInput,
    @Ctx() context: RequestContext,
  ): Promise<IndexDocumentsPayload> {
    const { namespace } = context.viewer;
    const searchable = input.searchable === 'SOON' ? 'soon' : 'now';
    const command = { ...input, namespace, searchable } as const;
    const { value, userErrors } = await attempt(() => indexDocuments(context.ports, command));
    const results = (value ?? []).map(toIndexResult);
    const refused = results.filter(({ status }) => status === 'REFUSED').length;
    return { results, indexed: results.length - refused, refused, userErrors };
  }

  @Mutation(() => DeleteDocumentsPayload, { description: 'Deletes documents by id.' })
  async deleteDocuments(
    @Arg('input', () => DeleteDocumentsInput, { description: 'What to delete.' }) input: DeleteDocumentsInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteDocumentsPayload> {
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() =>
      deleteDocuments(context.ports, { namespace, ...input }),
    );
    const results = (value ?? []).map(({ id, deleted }) => ({ documentId: id, deleted }));
    return { results, deleted: results.filter(({ deleted }) => deleted).length, userErrors };
  }
}

function toIndexResult(outcome: IndexOutcome): IndexResultType {
  const { index, id, status } = outcome;
  const faults = outcome.status === 'REFUSED' ? outcome.faults : [];
  return {
    index,
    documentId: id,
    status,
    faults: faults.map(({ code, path, message }) => ({ code, path: path.map(String), message })),
  };
}
