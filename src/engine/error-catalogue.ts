import { START_ERRORS } from './error-catalogue-start.ts';
import type { ErrorEntry } from './error-catalogue-entry.ts';

export type { ErrorEntry } from './error-catalogue-entry.ts';

const caller = (meaning: string, action: string, retryable = false): ErrorEntry => ({
  meaning,
  action,
  retryable,
  audience: 'caller',
});

/**
 * Every error code a caller or an operator can meet, what it means and what to do about it.
 * `docs/errors.md` is compared with this table by a test; a code that is not here cannot be thrown.
 */
export const ERROR_CATALOGUE = {
  // Faults of an input, each with the path of the value at fault.
  BAD_INPUT: caller('The input has several faults, listed with their paths.', 'Mend every listed fault.'),
  REQUIRED: caller('A value that must be given is missing.', 'Give the value at this path.'),
  INVALID_VALUE: caller(
    'A value is not of the expected form.',
    'Give a value of the form the message names.',
  ),
  OUT_OF_RANGE: caller(
    'A number, length or count is outside its limits.',
    'Stay within the limits the message names.',
  ),
  TYPE_MISMATCH: caller('A value is of another type than declared.', 'Give a value of the declared type.'),
  DUPLICATE: caller('The same thing is named twice where once is allowed.', 'Name it once.'),
  INVALID_ID: caller(
    'An identifier is empty, longer than 512 bytes of UTF-8, not well-formed Unicode, contains NUL, or is not an id of this server.',
    'Use 1 to 512 bytes of well-formed UTF-8 without NUL; pass opaque ids on unchanged.',
  ),
  INVALID_FEATURE_URI: caller(
    'A feature URI is not of the form scheme://extractor@version/output.',
    'Write it like embed://hashing@1/title.',
  ),
  INVALID_TEMPLATE: caller(
    'A template cannot be read.',
    'Use {{INPUT.name}} with the name of a declared input.',
  ),
  UNKNOWN_INPUT: caller(
    'An input is named that the retriever does not declare.',
    'Declare the input, or correct its name.',
  ),
  UNKNOWN_FIELD: caller(
    'A field is named that the collection does not declare.',
    'Declare the field, or correct its name.',
  ),
  UNKNOWN_FEATURE: caller(
    'A feature is named that the collection does not have.',
    'Register the feature, or correct its URI.',
  ),
  WRONG_DIMENSIONS: caller(
    'A vector has another length than its feature.',
    'Give as many numbers as the feature has dimensions.',
  ),
  NON_FINITE: caller(
    'A number is NaN, infinite, or beyond the range of a 32-bit float in a vector.',
    'Give finite numbers.',
  ),
  ZERO_VECTOR: caller(
    'A vector has no length, so it points nowhere.',
    'Leave the vector out (null) where a document or query has nothing to say.',
  ),
  EMPTY_INPUT: caller(
    'A search has nothing to search with, and its onEmpty is ERROR.',
    'Give the input, or set onEmpty to SKIP in the retriever.',
  ),
  // Expected refusals.
  NOT_FOUND: caller('The thing named does not exist, or is not visible here.', 'Check the name or id.'),
  NAME_TAKEN: caller('The name is in use.', 'Choose another name.'),
  VERSION_CONFLICT: caller(
    'The retriever has changed since the version the update is based on.',
    'Read the newest version, apply the change to it and try again.',
  ),
  IN_USE: caller('Something else still depends on it.', 'Remove what depends on it first.'),
  ALREADY_RUNNING: caller('Such work is under way already.', 'Wait until it has ended, then ask again.'),
  TOO_FEW_DOCUMENTS: caller(
    'There are not enough documents for this measurement.',
    'Index more documents first.',
  ),
  IDEMPOTENCY_CONFLICT: caller(
    'The idempotency key was used before for an interaction with other content.',
    'Use a fresh key for another interaction; repeat the same one unchanged.',
  ),
  CONTRADICTS_RECORD: caller(
    'What is reported of a hit is not what the record of its execution says.',
    'Leave the position out: the server takes it from the record.',
  ),
  NOT_RECORDED: caller(
    'The hit belongs to an execution that left no trace (learn: false) or could not be logged.',
    'Report interactions on hits of recorded executions only.',
  ),
  EXECUTION_KEY_CONFLICT: caller(
    'The execution key was used before for another request.',
    'Use a fresh key for a different request.',
  ),
  READ_ONLY: caller(
    'The collection is attached to an index that is only read.',
    'Write to the index itself; it is searched as it is.',
  ),
  NOT_SUPPORTED: caller(
    'The search backend, or the way the collection was attached, cannot do this.',
    'See the message: it says what it takes.',
  ),
  METHOD_NOT_ALLOWED: caller('This field is not answered over GET.', 'Send the request with POST.'),
  // Faults of the service, as the caller meets them.
  ALL_FEATURES_FAILED: caller(
    'No feature could be searched.',
    'Try again; see the degradations in the extensions.',
    true,
  ),
  EXECUTION_NOT_STORED: caller(
    'The execution is too young: its record has not been stored yet.',
    'Try again in a moment.',
    true,
  ),
  STORE_UNAVAILABLE: caller('The database did not answer in time.', 'Try again with back-off.', true),
  SEARCH_UNAVAILABLE: caller('The search backend is slow, full or gone.', 'Try again with back-off.', true),
  SEARCH_FORBIDDEN: caller(
    'Elasticsearch does not let this server do what the request takes.',
    'Give its credentials the privilege that the message names.',
  ),
  INDEX_MISMATCH: caller(
    'The search index does not fit the collection or feature; the message names every difference.',
    'Attaching an index: declare what it holds. Otherwise remove the index, or give another index prefix, and index the documents again.',
  ),
  EMBEDDING_UNAVAILABLE: caller(
    'The embedding server did not answer in time, or is overloaded.',
    'Try again with back-off, or give a ready vector.',
    true,
  ),
  EMBEDDING_FAILED: caller(
    'A text cannot be embedded: no server is configured, it refused, or its answer is not embeddings of the expected form.',
    'Check the model, the key and the dimensions of the feature, or give a ready vector.',
  ),
  SHUTTING_DOWN: caller('This instance is shutting down.', 'Try again; another instance will answer.', true),
  INTERNAL: caller('A fault of the server.', 'Report it with the request id in the extensions.'),
  // Faults of a GraphQL request, before any resolver ran.
  GRAPHQL_PARSE_FAILED: caller('The document is not GraphQL.', 'Correct its syntax.'),
  GRAPHQL_VALIDATION_FAILED: caller(
    'The document does not fit the schema.',
    'Correct it against the schema.',
  ),
  BAD_REQUEST: caller(
    'The HTTP request is not a GraphQL request.',
    'Send JSON with a query, as content-type application/json.',
  ),
  BAD_USER_INPUT: caller(
    'A variable or argument is not of its GraphQL type.',
    'Give a value of the type the message names.',
  ),
  OPERATION_RESOLUTION_FAILURE: caller(
    'The document holds no operation, or several without a chosen name.',
    'Name the operation to run.',
  ),
  BODY_TOO_LARGE: caller('The body of the request is larger than allowed.', 'Send smaller batches.'),
  UNSUPPORTED_MEDIA_TYPE: caller(
    'The body of the request is not of a type this server reads.',
    'Send JSON, as content-type application/json.',
  ),
  DOCUMENT_TOO_LARGE: caller(
    'The GraphQL document is larger than allowed.',
    'Move data from the document into variables.',
  ),
  TOO_MANY_TOKENS: caller(
    'The GraphQL document has more tokens than allowed.',
    'Move data from the document into variables, or split the operation.',
  ),
  TOO_DEEP: caller('Fields are nested deeper than allowed.', 'Ask for less at once.'),
  TOO_MANY_FIELDS: caller(
    'The operation names more fields than allowed, or one field too often.',
    'Name each field once, or split the operation.',
  ),
  TOO_MANY_ALIASES: caller('The operation has more aliases than allowed.', 'Split the operation.'),
  TOO_MANY_FRAGMENTS: caller(
    'The document has more fragments than allowed.',
    'Split the document, one operation each.',
  ),
  TOO_MANY_DIRECTIVES: caller('The operation has more directives than allowed.', 'Use fewer directives.'),
  TOO_COSTLY: caller(
    'The answer could hold more fields than allowed, going by the list sizes asked for.',
    'Ask for shorter lists or fewer fields; the header x-include-cost: true tells the cost of an operation.',
  ),
  DEADLINE_EXCEEDED: caller(
    'The operation was not finished within its deadline.',
    'Try again with back-off, or ask for less at once.',
    true,
  ),
  INTROSPECTION_CLOSED: caller(
    'This server does not tell its schema over the API.',
    'Use the published schema file.',
  ),
  SUBSCRIPTIONS_ONLY: caller(
    'Only subscriptions are answered over WebSocket.',
    'Send queries and mutations over HTTP.',
  ),
  TOO_MANY_OPERATIONS: caller(
    'The WebSocket holds as many subscriptions as allowed.',
    'Complete one first, or open another WebSocket.',
  ),
  PERSISTED_QUERY_NOT_SUPPORTED: caller('Persisted queries are not supported.', 'Send the whole document.'),
  ...START_ERRORS,
} as const satisfies Record<string, ErrorEntry>;
