import { AwsError } from '../cloud/errors.ts'
import { missingMembers, queryErrors } from './common-errors.ts'
import type { Protocol } from './protocol.ts'
import { findOperation, readRequest, writeResponse, type BodyCodec } from './rest.ts'
import { unknownOperation } from './unknown-operation.ts'
import { element, writeSomeMembers } from './xml.ts'
import { xmlFailure } from './xml-failure.ts'
import { parseXml, XmlSyntaxError, type XmlElement } from './xml-parser.ts'
import { XmlReader } from './xml-reader.ts'

const malformed = (path: string, text: string, expected: string): AwsError =>
  new AwsError('InvalidInput', `Invalid XML ; '${text}' at '${path}' is not ${expected}`)

function parse(body: Buffer): XmlElement {
  if (body.length === 0) return { name: '', children: [], text: '' }
  try {
    return parseXml(body.toString('utf8'))
  } catch (error) {
    if (error instanceof XmlSyntaxError) throw new AwsError('InvalidInput', `Invalid XML ; ${error.message}`)
    throw error
  }
}

const codec: BodyCodec = {
  contentType: 'text/xml',
  read(members, required, body) {
    const reader = new XmlReader(malformed)
    return { value: reader.members(members, required, parse(body)), missing: reader.missing }
  },
  write(output, members, value, service) {
    const name = String(output.getMergedTraits().xmlName ?? output.getName())
    return `<?xml version="1.0"?>\n${element(name, writeSomeMembers(members, value), service.xmlNamespace)}`
  },
  malformed,
  missing: (paths) => new AwsError('InvalidInput', missingMembers(paths)),
}

/** Route 53. https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export const restXml: Protocol = {
  errors: queryErrors,
  operationName: (request, service) => findOperation(request, service)?.name ?? '',
  unknownOperation: () => unknownOperation(404),
  input: (request, operation) => readRequest(request, operation, codec),
  output: (value, operation, service, requestId) => writeResponse(value, operation, service, requestId, codec),
  failure: (error, service, requestId) =>
    xmlFailure(error, service, requestId, { 'content-type': codec.contentType, 'x-amzn-requestid': requestId }),
}
