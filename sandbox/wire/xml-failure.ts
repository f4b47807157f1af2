import type { AwsError } from '../cloud/errors.ts'
import type { ServiceModel } from './model.ts'
import type { WireResponse } from './protocol.ts'
import { element, escapeXml, writeMembers } from './xml.ts'

/** `<ErrorResponse>`, as awsQuery and Route 53 answer an error; the members of a modelled one stand beside its message. */
export function xmlFailure(
  error: AwsError,
  service: ServiceModel,
  requestId: string,
  headers: Readonly<Record<string, string>>,
): WireResponse {
  const model = service.errors.get(error.code)
  const status = model?.status ?? error.status
  const content = [
    element('Type', status < 500 ? 'Sender' : 'Receiver'),
    element('Code', escapeXml(error.code)),
    element('Message', escapeXml(error.message)),
    model ? writeMembers(model.schema, error.fields) : '',
  ].join('')
  const body = element(
    'ErrorResponse',
    element('Error', content) + element('RequestId', requestId),
    service.xmlNamespace,
  )
  return { status, headers, body }
}
