import { cbor, tag } from '@smithy/core/cbor'
import { AwsError } from '../cloud/errors.ts'
import { missingMembers, queryErrors } from './common-errors.ts'
import { DocumentReader, writeDocument, type DocumentDialect } from './document.ts'
import { requiredCount } from './model.ts'
import type { Protocol, WireRequest } from './protocol.ts'
import { queryCompatible } from './query-compatible.ts'
import { unknownOperation } from './unknown-operation.ts'

/** Seconds since 1970, RFC 8949, 3.4.2. */
const epochTag = 1

const dialect: DocumentDialect = {
  key: (name) => name,
  readTimestamp(value) {
    const seconds = isEpoch(value) ? value.value : value
    return typeof seconds === 'number' ? new Date(Math.round(seconds * 1000)) : undefined
  },
  readBlob: (value) => (value instanceof Uint8Array ? new Uint8Array(value) : undefined),
  writeTimestamp: (_schema, value) => tag({ tag: epochTag, value: value.getTime() / 1000 }),
  writeBlob: (value) => value,
  malformed: (path, expected) => new AwsError('SerializationException', `The value at '${path}' is not ${expected}.`),
}

const isEpoch = (value: unknown): value is { tag: 1; value: unknown } =>
  typeof value === 'object' && value !== null && 'tag' in value && value.tag === epochTag && 'value' in value

const headers = (requestId: string) => ({
  'content-type': 'application/cbor',
  'smithy-protocol': 'rpc-v2-cbor',
  'x-amzn-requestid': requestId,
})

function decode({ body }: WireRequest): unknown {
  if (body.length === 0) return {}
  try {
    return cbor.deserialize(body)
  } catch {
    throw new AwsError('SerializationException', 'The request body is not CBOR.')
  }
}

/** CloudWatch, as the AWS CLI asks it. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
export const rpcV2Cbor: Protocol = {
  errors: queryErrors,

  operationName(request, service) {
    const [, target, name] = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(request.path) ?? []
    return target === service.target && name ? name : ''
  },

  unknownOperation: () => unknownOperation(404),

  input(request, operation) {
    if (operation.input.isUnitSchema()) return {}
    const reader = new DocumentReader(dialect)
    const input = reader.members(operation.input.structIterator(), requiredCount(operation.input), decode(request))
    if (reader.missing.length > 0) throw new AwsError('ValidationError', missingMembers(reader.missing))
    return input
  },

  output: (value, operation, _service, requestId) => ({
    status: 200,
    headers: headers(requestId),
    body: cbor.serialize(writeDocument(operation.output, value, dialect)),
  }),

  failure(error, service, requestId) {
    const { status, header, body } = queryCompatible(error, service, dialect)
    return { status, headers: { ...headers(requestId), ...header }, body: cbor.serialize(body) }
  },
}
