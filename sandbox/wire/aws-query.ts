import { AwsError } from '../cloud/errors.ts'
import { missingMembers, queryErrors } from './common-errors.ts'
import { readForm, type FormDialect } from './form.ts'
import { formOf, parametersOf } from './form-request.ts'
import type { Protocol } from './protocol.ts'
import { element, writeMembers } from './xml.ts'
import { xmlFailure } from './xml-failure.ts'

const headers = (requestId: string) => ({ 'content-type': 'text/xml', 'x-amzn-requestid': requestId })

/** `Tags.member.1.Key` → `tags.1.member.key`, which is how these services speak of a member in their messages. */
function memberPath(formPath: string): string {
  return formPath
    .replaceAll(/\bmember\.(\d+)/g, '$1.member')
    .split('.')
    .map((part) => part.slice(0, 1).toLowerCase() + part.slice(1))
    .join('.')
}

const dialect: FormDialect = {
  memberKey: (name, member) => member.getMergedTraits().xmlName ?? name,
  listIsFlat: (list) => Boolean(list.getMergedTraits().xmlFlattened),
  malformed: (path, text, expected) =>
    new AwsError('MalformedInput', `Value '${text}' at '${memberPath(path)}' is not ${expected}`),
  missing: (paths) => new AwsError('ValidationError', missingMembers(paths.map(memberPath))),
}

/** STS, IAM, ELB, Auto Scaling. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const awsQuery: Protocol = {
  errors: queryErrors,

  operationName(request, service) {
    const parameters = parametersOf(request)
    const name = parameters.get('Action')
    if (!name) throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.')
    const version = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'
    if (version !== service.version) throw notInVersion(name, version)
    return name
  },

  unknownOperation: (name, service) => notInVersion(name, service.version),

  input: (request, operation) => readForm(operation.input, formOf(request), dialect),

  output(value, operation, service, requestId) {
    const result = operation.output.isUnitSchema()
      ? ''
      : element(`${operation.name}Result`, writeMembers(operation.output, value))
    const metadata = element('ResponseMetadata', element('RequestId', requestId))
    const body = element(`${operation.name}Response`, result + metadata, service.xmlNamespace)
    return { status: 200, headers: headers(requestId), body }
  },

  failure: (error, service, requestId) => xmlFailure(error, service, requestId, headers(requestId)),
}

const notInVersion = (name: string, version: string): AwsError =>
  new AwsError('InvalidAction', `Could not find operation ${name} for version ${version}`)
