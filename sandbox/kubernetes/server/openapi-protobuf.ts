import { fieldsOf, isFields, listOf, type Fields } from '../object.ts'

/**
 * A Swagger document as the protobuf message `openapi.v2.Document` (github.com/google/gnostic-models,
 * openapiv2/OpenAPIv2.proto), the only form of `/openapi/v2` that Go clients ask for. Written by hand, because it is
 * the one protobuf message that the sandbox sends.
 */

const varintType = 0
const bytesType = 2

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
  return Buffer.from(bytes)
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + bytesType), varint(content.length), content])
}

const text = (field: number, value: unknown): Buffer =>
  typeof value === 'string' ? bytes(field, Buffer.from(value)) : Buffer.alloc(0)

const flag = (field: number, value: unknown): Buffer =>
  value === true ? Buffer.concat([varint(field * 8 + varintType), varint(1)]) : Buffer.alloc(0)

const texts = (field: number, values: unknown): Buffer =>
  Buffer.concat(listOf(values).map((value) => text(field, value)))

/** `Any`: a value as YAML, of which JSON is a part. */
const any = (value: unknown): Buffer => text(2, JSON.stringify(value))

const named = (name: string, value: Buffer): Buffer => Buffer.concat([text(1, name), bytes(2, value)])

/** A map is a message with a repeated field of named values. */
const namedValues = (field: number, values: Fields, encode: (value: Fields) => Buffer): Buffer =>
  Buffer.concat(Object.entries(values).map(([name, value]) => bytes(field, named(name, encode(fieldsOf(value))))))

const extensions = (field: number, fields: Fields): Buffer =>
  Buffer.concat(
    Object.entries(fields)
      .filter(([name]) => name.startsWith('x-'))
      .map(([name, value]) => bytes(field, named(name, any(value)))),
  )

function additionalProperties(value: unknown): Buffer {
  if (value === undefined) return Buffer.alloc(0)
  return bytes(21, isFields(value) ? bytes(1, schema(value)) : flag(2, value))
}

function schema(fields: Fields): Buffer {
  return Buffer.concat([
    text(1, fields.$ref),
    text(2, fields.format),
    text(4, fields.description),
    fields.default === undefined ? Buffer.alloc(0) : bytes(5, any(fields.default)),
    texts(19, fields.required),
    Buffer.concat(listOf(fields.enum).map((value) => bytes(20, any(value)))),
    additionalProperties(fields.additionalProperties),
    fields.type === undefined ? Buffer.alloc(0) : bytes(22, text(1, fields.type)),
    isFields(fields.items) ? bytes(23, bytes(1, schema(fields.items))) : Buffer.alloc(0),
    isFields(fields.properties) ? bytes(25, namedValues(1, fields.properties, schema)) : Buffer.alloc(0),
    extensions(31, fields),
  ])
}

/** ParametersItem → Parameter → NonBodyParameter → QueryParameterSubSchema: every parameter here is one of the query. */
function queryParameter({ in: place, name, type }: Fields): Buffer {
  return bytes(1, bytes(2, bytes(3, Buffer.concat([text(2, place), text(4, name), text(6, type)]))))
}

const response = ({ description }: Fields): Buffer => bytes(1, text(1, description))

function operation(fields: Fields): Buffer {
  return Buffer.concat([
    text(5, fields.operationId),
    texts(6, fields.produces),
    texts(7, fields.consumes),
    Buffer.concat(listOf(fields.parameters).map((parameter) => bytes(8, queryParameter(fieldsOf(parameter))))),
    bytes(9, namedValues(1, fieldsOf(fields.responses), response)),
    extensions(13, fields),
  ])
}

function pathItem({ get, patch }: Fields): Buffer {
  return Buffer.concat([bytes(2, operation(fieldsOf(get))), bytes(8, operation(fieldsOf(patch)))])
}

export function openApiV2Protobuf(document: Fields): Buffer {
  const { title, version } = fieldsOf(document.info)
  return Buffer.concat([
    text(1, document.swagger),
    bytes(2, Buffer.concat([text(1, title), text(2, version)])),
    bytes(8, namedValues(2, fieldsOf(document.paths), pathItem)),
    bytes(9, namedValues(1, fieldsOf(document.definitions), schema)),
  ])
}
