import { AwsError } from '../cloud/errors.ts'
import { missingMembers } from './common-errors.ts'
import { DocumentReader, writeDocumentMembers } from './document.ts'
import { parseJson, restJsonDialect } from './json.ts'
import type { Protocol } from './protocol.ts'
import { findOperation, readRequest, writeResponse, type BodyCodec } from './rest.ts'
import { unknownOperation } from './unknown-operation.ts'

const codec: BodyCodec = {
  contentType: 'application/json',
  read(members, required, body) {
    const reader = new DocumentReader(restJsonDialect)
    return { value: reader.members(members, required, parseJson(body)), missing: reader.missing }
  },
  write: (_output, members, value) => JSON.stringify(writeDocumentMembers(members, value, restJsonDialect)),
  malformed: (path, _text, expected) => restJsonDialect.malformed(path, expected),
  missing: (paths) => new AwsError('ValidationException', missingMembers(paths)),
}

/** EKS and both API Gateways. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export const restJson: Protocol = {
  errors: {
    throttled: ({ errors }) =>
      errors.has('TooManyRequestsException')
        ? new AwsError('TooManyRequestsException', 'Too Many Requests', 429)
        : new AwsError('ThrottlingException', 'Rate exceeded', 429),
    internal: () => new AwsError('InternalFailure', 'Internal server error', 500),
    unavailable: () => new AwsError('ServiceUnavailableException', 'Service Unavailable', 503),
  },

  operationName: (request, service) => findOperation(request, service)?.name ?? '',
  unknownOperation: () => unknownOperation(404),
  input: (request, operation) => readRequest(request, operation, codec),
  output: (value, operation, service, requestId) => writeResponse(value, operation, service, requestId, codec),

  failure(error, service, requestId) {
    const model = service.errors.get(error.code)
    const members = model?.schema.structIterator() ?? []
    const body = { ...writeDocumentMembers(members, error.fields, restJsonDialect), message: error.message }
    return {
      status: model?.status ?? error.status,
      headers: {
        'content-type': codec.contentType,
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': error.code,
      },
      body: JSON.stringify(body),
    }
  },
}
