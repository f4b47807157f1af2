import { ApiException } from '@kubernetes/client-node'
import type { Cluster, Side } from './side.ts'

interface Groups {
  readonly bound: string
  readonly free: string
  /** The ARN of no group. */
  readonly missing: string
}

const serviceRef = { name: 'shop', port: 'http' }

/** Requests for bindings, as dry runs: the API server, its definition of a binding and the controller's webhooks have their say. */
const requests: Readonly<Record<string, (blue: Cluster, groups: Groups) => Promise<unknown>>> = {
  'new: the least that it takes': (blue, { free: targetGroupARN }) =>
    blue.tryToBind('new', { serviceRef, targetGroupARN }),
  'new: everything': (blue, { free: targetGroupARN }) =>
    blue.tryToBind('new', {
      serviceRef: { ...serviceRef, port: 80 },
      targetGroupARN,
      targetType: 'ip',
      ipAddressType: 'ipv4',
      networking: {
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/16' } }], ports: [{ protocol: 'TCP', port: 8080 }] }],
      },
    }),
  'new: fields of later releases': (blue, { free: targetGroupARN }) =>
    blue.tryToBind('new', { serviceRef, targetGroupARN, multiClusterTargetGroup: true, vpcID: 'vpc-0123' }),
  'new: a second one for a group': (blue, { bound: targetGroupARN }) =>
    blue.tryToBind('second', { serviceRef, targetGroupARN }),
  'new: a name that is taken': (blue, { free: targetGroupARN }) =>
    blue.tryToBind('bound', { serviceRef, targetGroupARN }),
  'new: a node selector with ip targets': (blue, { free: targetGroupARN }) =>
    blue.tryToBind('new', { serviceRef, targetGroupARN, nodeSelector: { matchLabels: { a: 'b' } } }),
  'new: a group that is not there': (blue, { missing: targetGroupARN }) =>
    blue.tryToBind('new', { serviceRef, targetGroupARN }),
  'new: a group that is not there, its type given': (blue, { missing: targetGroupARN }) =>
    blue.tryToBind('new', { serviceRef, targetGroupARN, targetType: 'ip' }),
  'new: no ARN at all': (blue) => blue.tryToBind('new', { serviceRef, targetGroupARN: 'nonsense' }),
  'new: an empty ARN': (blue) => blue.tryToBind('new', { serviceRef, targetGroupARN: '' }),
  'new: without an ARN': (blue) => blue.tryToBind('new', { serviceRef }),
  'new: without a Service': (blue, { free: targetGroupARN }) => blue.tryToBind('new', { targetGroupARN }),
  'new: without a port': (blue, { free: targetGroupARN }) =>
    blue.tryToBind('new', { serviceRef: { name: 'shop' }, targetGroupARN }),
  'new: the wrong address type': (blue, { free: targetGroupARN }) =>
    blue.tryToBind('new', { serviceRef, targetGroupARN, ipAddressType: 'ipv6' }),
  'new: an unknown target type': (blue, { free: targetGroupARN }) =>
    blue.tryToBind('new', { serviceRef, targetGroupARN, targetType: 'lambda' }),
  'change: another group': (blue, { free: targetGroupARN }) => blue.tryToChange('bound', { targetGroupARN }),
  'change: another target type': (blue) => blue.tryToChange('bound', { targetType: 'instance' }),
  'change: no target type': (blue) => blue.tryToChange('bound', { targetType: null }),
  'change: another address type': (blue) => blue.tryToChange('bound', { ipAddressType: 'ipv6' }),
  'change: no address type': (blue) => blue.tryToChange('bound', { ipAddressType: null }),
  'change: no port': (blue) => blue.tryToChange('bound', { serviceRef: { port: null } }),
  'change: no ARN': (blue) => blue.tryToChange('bound', { targetGroupARN: null }),
  'change: another Service': (blue) => blue.tryToChange('bound', { serviceRef: { name: 'other' } }),
  'change: a node selector': (blue) => blue.tryToChange('bound', { nodeSelector: { matchLabels: { a: 'b' } } }),
}

/** Two groups, one of them bound in blue. */
async function prepare({ aws, blue }: Side): Promise<Groups> {
  const [bound, free] = [await aws.createGroup('bound'), await aws.createGroup('free')]
  await blue.serve('bound', ['blue-1'])
  await blue.bind('bound', bound)
  await aws.untilServedBy(bound, ['blue-1'])
  return { bound, free, missing: free.replace(/.{16}$/, '0123456789abcdef') }
}

/** The id of AWS's answer, which the SDK for Go appends to its message. */
const requestId = /\n\tstatus code: \d+, request id: [-\w]+/g

/** By request: `403 the sentence (the reason)`, or the spec that it comes to. Groups are named in the place of their ARNs. */
export async function answersOf(side: Side): Promise<Record<string, string>> {
  const groups = await prepare(side)
  const plain = (text: string) => side.aws.plain(text).replaceAll(groups.missing, 'missing').replace(requestId, '')
  const answers: Record<string, string> = {}
  for (const [title, request] of Object.entries(requests)) {
    answers[title] = plain(await request(side.blue, groups).then(inOrder, refusal))
  }
  return answers
}

function refusal(error: unknown): string {
  if (!(error instanceof ApiException)) throw error
  const { reason, message } = JSON.parse(error.body as string) as { reason: string; message: string }
  return `${error.code} ${message} (${reason})`
}

/** As JSON, members in alphabetical order. */
const inOrder = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
