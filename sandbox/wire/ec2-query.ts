import type { NormalizedSchema } from '@smithy/core/schema'
import { AwsError } from '../cloud/errors.ts'
import { readForm, type FormDialect } from './form.ts'
import { formOf, parametersOf } from './form-request.ts'
import type { Protocol } from './protocol.ts'
import { element, escapeXml, writeMembers } from './xml.ts'

const headers = (requestId: string) => ({ 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId })

const missing = (name: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}`)

const dialect: FormDialect = {
  memberKey(name, member) {
    const { ec2QueryName, xmlName = name } = member.getMergedTraits()
    return typeof ec2QueryName === 'string' ? ec2QueryName : xmlName.slice(0, 1).toUpperCase() + xmlName.slice(1)
  },
  listIsFlat: () => true,
  malformed: (path, text, expected) =>
    new AwsError('InvalidParameterValue', `Value (${text}) for parameter ${path} is invalid. It is not ${expected}.`),
  missing: (paths) => missing(paths[0] ?? ''),
}

/** EC2 refuses what it does not know, where other query services ignore it. */
function refuseUnknown(names: Iterable<string>, input: NormalizedSchema): void {
  const known = new Set(['Action', 'Version'])
  for (const [name, member] of input.structIterator()) known.add(dialect.memberKey(name, member))
  for (const name of names) {
    if (!known.has(name)) throw new AwsError('UnknownParameter', `The parameter ${name} is not recognized`)
  }
}

/** EC2. https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html */
export const ec2Query: Protocol = {
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  errors: {
    throttled: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
    internal: () => new AwsError('InternalError', 'An internal error has occurred', 500),
    unavailable: () => new AwsError('Unavailable', "The server is overloaded and can't handle the request.", 503),
  },

  operationName(request, service) {
    const parameters = parametersOf(request)
    const name = parameters.get('Action')
    if (!name) throw missing('Action')
    const version = parameters.get('Version')
    if (!version) throw missing('Version')
    if (version !== service.version) {
      const message = `The requested version (${version}) of service ${service.target} does not exist`
      throw new AwsError('NoSuchVersion', message)
    }
    return name
  },

  unknownOperation: (name) => new AwsError('InvalidAction', `The action ${name} is not valid for this web service.`),

  input(request, operation) {
    const form = formOf(request)
    refuseUnknown(form.members.keys(), operation.input)
    return readForm(operation.input, form, dialect)
  },

  output(value, operation, service, requestId) {
    const content = element('requestId', requestId) + writeMembers(operation.output, value)
    const body = element(`${operation.name}Response`, content, `${service.xmlNamespace}/`)
    return { status: 200, headers: headers(requestId), body }
  },

  failure(error, _service, requestId) {
    const content = element('Code', escapeXml(error.code)) + element('Message', escapeXml(error.message))
    const errors = element('Errors', element('Error', content))
    const body = element('Response', errors + element('RequestID', requestId))
    return { status: error.status, headers: headers(requestId), body }
  },
}
