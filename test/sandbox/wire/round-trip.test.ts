import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor'
import type { NormalizedSchema } from '@smithy/core/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AwsError } from '../../../sandbox/cloud/errors.ts'
import type { Operations } from '../../../sandbox/cloud/operation.ts'
import { modelOf, type Sdk, type Service } from '../../../sandbox/wire/model.ts'
import { authorization, startTestWire, type TestWire } from './fixture.ts'
import { Generator, type Amount } from './generate.ts'
import { services } from '../../../sandbox/cloud/services.ts'

interface Spoken {
  readonly name: string
  readonly service: Service
  readonly title: string
  /** When not the one that the client chooses. */
  readonly protocol?: object
}

const spoken: Spoken[] = Object.entries(services).map(([name, service]) => ({ name, service, title: name }))
const { cloudwatch } = services
if (cloudwatch) {
  const protocol = new SmithyRpcV2CborProtocol({ defaultNamespace: 'com.amazonaws.cloudwatch' })
  spoken.push({ name: 'cloudwatch', service: cloudwatch, title: 'cloudwatch in CBOR', protocol })
}

/** The SDK has a class of its own for blobs. */
const withPlainBlobs = (output: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(output).map(([name, value]) => [name, value instanceof Uint8Array ? new Uint8Array(value) : value]),
  )

/**
 * Every operation and every error that an SDK client knows goes over the real wire, both ways, with generated values.
 * A schema that an upgrade of the SDK changes in a way that the wire does not follow is found here.
 */
describe.each(spoken)('$title', ({ name, service, protocol }) => {
  let sdk: Sdk
  let wire: TestWire
  let client: { send(command: unknown): Promise<Record<string, unknown>>; destroy(): void }

  // What the handler of every operation answers or throws, and what it was asked.
  let answer: () => object
  let asked: unknown

  beforeAll(async () => {
    sdk = await service.load()
    const handlers: Operations = Object.fromEntries(
      [...modelOf(sdk).operations.keys()].map((operation) => [
        operation,
        (_world, input) => {
          asked = input
          return answer()
        },
      ]),
    )
    wire = await startTestWire({ [name]: { ...service, load: () => Promise.resolve(sdk), operations: handlers } })
    const Client = sdk.client.constructor as new (config: object) => any
    const signed: any = new Client({ ...wire.client, ...(protocol && { protocol }) })
    // A few operations are not signed, so that nothing says for which service they are.
    signed.middlewareStack.add(
      (next: any) => (args: any) => {
        args.request.headers['authorization'] ??= authorization(service.signingName).authorization
        args.request.headers['x-amz-date'] ??= '20221201T000000Z'
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low' },
    )
    client = signed
  }, 60_000)

  afterAll(async () => {
    client.destroy()
    await wire.close()
  })

  const commandOf = (operation: string, input: unknown): unknown => {
    const Command = (sdk.shapes as Record<string, any>)[`${operation}Command`]
    return new Command(input)
  }

  test.each<Amount>(['full', 'empty'])(
    'every operation, with lists and maps of its output %s',
    { timeout: 120_000 },
    async (amount) => {
      const { operations } = modelOf(sdk)
      expect(operations.size).toBeGreaterThan(10)
      for (const operation of operations.values()) {
        const input = new Generator('full').value(operation.input)
        const output = new Generator(amount).value(operation.output) as object
        answer = () => output
        const { $metadata, ...answered } = await client.send(commandOf(operation.name, input))
        expect.soft(asked, `input of ${operation.name}`).toEqual(input)
        expect.soft(withPlainBlobs(answered), `output of ${operation.name}`).toEqual(output)
        expect.soft($metadata).toMatchObject({
          httpStatusCode: operation.http?.status ?? 200,
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        })
      }
      expect(wire.bugs).toEqual([])
    },
  )

  test('every error that is modelled', { timeout: 60_000 }, async () => {
    const { operations, errors } = modelOf(sdk)
    // EC2's API model has none.
    expect(errors.size > 0).toBe(name !== 'ec2')
    const [operation] = operations.values()
    const input = new Generator('full').value(operation?.input as NormalizedSchema)
    for (const [code, { status, schema }] of errors) {
      answer = () => {
        throw new AwsError(code, `trouble with <${code}>`)
      }
      const failure = await client.send(commandOf(operation?.name ?? '', input)).catch((error: unknown) => error)
      expect.soft(failure, code).toMatchObject({
        name: schema.getName(),
        message: `trouble with <${code}>`,
        $metadata: { httpStatusCode: status },
      })
    }
  })
})
