import type { AwsError } from '../cloud/errors.ts'
import type { WireRequest, WireResponse } from './protocol.ts'
import { element, escapeXml } from './xml.ts'

// Of AWS's services only these speak REST XML; a client of any other sends a form or reads JSON.
const restXmlServices = new Set(['cloudfront', 's3', 's3-outposts', 's3express', 'route53'])

/**
 * An error for a request that reached no service: unsigned, too large, or for a service that is not served.
 * There is no protocol to ask, so the form is the one that the client most likely reads.
 */
export function unrouted(
  error: AwsError,
  request: WireRequest,
  signingName: string | undefined,
  requestId: string,
): WireResponse {
  const contentType = request.headers['content-type'] ?? ''
  const isForm = contentType.startsWith('application/x-www-form-urlencoded')
  const isJson =
    contentType.includes('json') || (signingName !== undefined && !isForm && !restXmlServices.has(signingName))
  const headers = { 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.code }
  if (isJson) {
    const body = JSON.stringify({ __type: error.code, message: error.message })
    return { status: error.status, headers: { ...headers, 'content-type': 'application/json' }, body }
  }
  const content = [
    element('Type', error.status < 500 ? 'Sender' : 'Receiver'),
    element('Code', escapeXml(error.code)),
    element('Message', escapeXml(error.message)),
  ].join('')
  const body = element('ErrorResponse', element('Error', content) + element('RequestId', requestId))
  return { status: error.status, headers: { ...headers, 'content-type': 'text/xml' }, body }
}
