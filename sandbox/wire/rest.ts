import type { NormalizedSchema } from '@smithy/core/schema'
import type { AwsError } from '../cloud/errors.ts'
import type { Members } from './document.ts'
import { isSigning } from './form-request.ts'
import { requiredCount, type OperationModel, type ServiceModel } from './model.ts'
import type { WireRequest, WireResponse } from './protocol.ts'
import { readText, writeText } from './text.ts'
import { matchUri } from './uri.ts'

/** In what restJson1 and restXml differ: what is in the body. */
export interface BodyCodec {
  readonly contentType: string
  /** `required`: how many of the members, from the first on, have to be there; the paths of those that are not. */
  read(members: Members, required: number, body: Buffer): { value: Record<string, unknown>; missing: readonly string[] }
  write(output: NormalizedSchema, members: Members, value: unknown, service: ServiceModel): string
  malformed(path: string, text: string, expected: string): AwsError
  missing(paths: readonly string[]): AwsError
}

/** The operation that a method and a path stand for; of several, the one whose URI says most. */
export function findOperation(request: WireRequest, service: ServiceModel): OperationModel | undefined {
  const found = [...service.operations.values()].filter(
    ({ http }) => http?.method === request.method && matchUri(http.uri, request.path, request.query),
  )
  return found.toSorted((a, b) => (b.http?.uri.literals ?? 0) - (a.http?.uri.literals ?? 0))[0]
}

/** Where a member of an input or output is, by its HTTP traits; what has none is in the body. */
type Binding = 'label' | 'query' | 'queryRest' | 'header' | 'payload' | 'body'

function bindingOf(member: NormalizedSchema): Binding {
  const traits = member.getMergedTraits()
  if (traits.httpLabel) return 'label'
  if (traits.httpQuery !== undefined) return 'query'
  if (traits.httpQueryParams !== undefined) return 'queryRest'
  if (traits.httpHeader !== undefined) return 'header'
  return traits.httpPayload ? 'payload' : 'body'
}

const bodyMembers = (schema: NormalizedSchema): [string, NormalizedSchema][] =>
  [...schema.structIterator()].filter(([, member]) => bindingOf(member) === 'body')

/** An answer has no URI: what API Gateway binds to the query (`position`) is in its body. */
const outputBodyMembers = (schema: NormalizedSchema): [string, NormalizedSchema][] =>
  [...schema.structIterator()].filter(([, member]) => !['header', 'payload'].includes(bindingOf(member)))

/** The input of an operation, from everywhere in a request. */
export function readRequest(request: WireRequest, operation: OperationModel, codec: BodyCodec): unknown {
  if (operation.input.isUnitSchema()) return {}
  const members = [...operation.input.structIterator()]
  const requiredMembers = members.slice(0, requiredCount(operation.input))
  const input: Record<string, unknown> = {}
  for (const [name, member] of members) {
    const value = readBound(name, member, request, operation, codec)
    if (value !== undefined) input[name] = value
  }
  const missing = requiredMembers
    .filter(([name, member]) => bindingOf(member) !== 'body' && input[name] === undefined)
    .map(([name]) => name)
  const inBody = bodyMembers(operation.input)
  if (inBody.length > 0) {
    const required = requiredMembers.filter(([, member]) => bindingOf(member) === 'body').length
    const body = codec.read(inBody, required, request.body)
    Object.assign(input, body.value)
    missing.push(...body.missing)
  }
  if (missing.length > 0) throw codec.missing(missing)
  return input
}

/** undefined: it is in the body, or not there. */
function readBound(
  name: string,
  member: NormalizedSchema,
  request: WireRequest,
  operation: OperationModel,
  codec: BodyCodec,
): unknown {
  const traits = member.getMergedTraits()
  const read = (schema: NormalizedSchema, text: string) =>
    readText(schema, text, (expected) => codec.malformed(name, text, expected))
  switch (bindingOf(member)) {
    case 'label': {
      const text = operation.http && matchUri(operation.http.uri, request.path, request.query)?.get(name)
      return text === undefined ? undefined : read(member, text)
    }
    case 'query': {
      const texts = request.query.getAll(String(traits.httpQuery))
      if (member.isListSchema() && texts.length > 0) return texts.map((text) => read(member.getValueSchema(), text))
      return texts[0] === undefined ? undefined : read(member, texts[0])
    }
    case 'queryRest':
      return Object.fromEntries(unboundQuery(request, operation))
    case 'header': {
      const text = request.headers[String(traits.httpHeader).toLowerCase()]
      return typeof text === 'string' ? read(member, text) : undefined
    }
    case 'payload':
      return request.body.length === 0 ? undefined : new Uint8Array(request.body)
    case 'body':
      return undefined
  }
}

/** The query parameters that no other member, the URI or a signature has taken. */
function unboundQuery(request: WireRequest, operation: OperationModel): [string, string][] {
  const taken = new Set(operation.http?.uri.query.keys())
  for (const [, member] of operation.input.structIterator()) {
    const { httpQuery } = member.getMergedTraits()
    if (httpQuery !== undefined) taken.add(String(httpQuery))
  }
  return [...request.query].filter(([name]) => !taken.has(name) && !isSigning(name))
}

export function writeResponse(
  value: unknown,
  operation: OperationModel,
  service: ServiceModel,
  requestId: string,
  codec: BodyCodec,
): WireResponse {
  const status = operation.http?.status ?? 200
  const headers: Record<string, string> = { 'x-amzn-requestid': requestId }
  if (operation.output.isUnitSchema()) return { status, headers, body: '' }

  const output = (value ?? {}) as Readonly<Record<string, unknown>>
  let payload: Uint8Array | undefined
  for (const [name, member] of operation.output.structIterator()) {
    const content = output[name]
    const binding = bindingOf(member)
    if (content === undefined || content === null) continue
    if (binding === 'header')
      headers[String(member.getMergedTraits().httpHeader).toLowerCase()] = writeText(member, content)
    // The payloads of the services that are served are all blobs.
    if (binding === 'payload') payload = content as Uint8Array
  }
  if (payload) return { status, headers: { 'content-type': 'application/octet-stream', ...headers }, body: payload }
  const body = codec.write(operation.output, outputBodyMembers(operation.output), output, service)
  return { status, headers: { 'content-type': codec.contentType, ...headers }, body }
}
