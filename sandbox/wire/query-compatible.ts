import type { AwsError } from '../cloud/errors.ts'
import { writeDocumentMembers, type DocumentDialect } from './document.ts'
import type { ServiceModel } from './model.ts'

/**
 * An error of a service that once spoke awsQuery alone: the body names the shape, a header the code that awsQuery had
 * for it. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html (awsQueryCompatible)
 */
export function queryCompatible(error: AwsError, service: ServiceModel, dialect: DocumentDialect) {
  const model = service.errors.get(error.code)
  const status = model?.status ?? error.status
  return {
    status,
    header: { 'x-amzn-query-error': `${error.code};${status < 500 ? 'Sender' : 'Receiver'}` },
    body: {
      __type: model?.schema.getName(true) ?? error.code,
      ...writeDocumentMembers(model?.schema.structIterator() ?? [], error.fields, dialect),
      message: error.message,
    },
  }
}
