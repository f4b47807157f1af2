import { AwsError } from '../cloud/errors.ts'
import { missingMembers, queryErrors } from './common-errors.ts'
import { DocumentReader, writeDocument } from './document.ts'
import { awsJsonDialect, parseJson } from './json.ts'
import { requiredCount } from './model.ts'
import type { Protocol } from './protocol.ts'
import { queryCompatible } from './query-compatible.ts'
import { unknownOperation } from './unknown-operation.ts'

const headers = (requestId: string) => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amzn-requestid': requestId,
})

/** CloudWatch, as SDKs ask it. https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export const awsJson: Protocol = {
  errors: queryErrors,

  operationName(request, service) {
    const target = request.headers['x-amz-target']
    const [prefix, name] = typeof target === 'string' ? target.split('.') : []
    return prefix === service.target && name ? name : ''
  },

  unknownOperation: () => unknownOperation(400),

  input(request, operation) {
    if (operation.input.isUnitSchema()) return {}
    const reader = new DocumentReader(awsJsonDialect)
    const members = operation.input.structIterator()
    const input = reader.members(members, requiredCount(operation.input), parseJson(request.body))
    if (reader.missing.length > 0) throw new AwsError('ValidationError', missingMembers(reader.missing))
    return input
  },

  output: (value, operation, _service, requestId) => ({
    status: 200,
    headers: headers(requestId),
    body: JSON.stringify(writeDocument(operation.output, value, awsJsonDialect)),
  }),

  failure(error, service, requestId) {
    const { status, header, body } = queryCompatible(error, service, awsJsonDialect)
    return { status, headers: { ...headers(requestId), ...header }, body: JSON.stringify(body) }
  },
}
