import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type Change,
  type ResourceRecordSet,
  type RRType,
} from '@aws-sdk/client-route-53'
import type { route53 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { poll } from '../../poll.ts'
import type { Aws } from '../aws.ts'
import { canonicalAliasName, fromRecordSet, toRecordSet, withoutDot } from '../record-set.ts'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { computed, flag, number, output, replaces, required, text, texts, type Property } from '../schema.ts'

type State = Unwrap<route53.RecordState>

const needsIdentifier = { requires: 'setIdentifier' } as const

const policy = (fields: Property['fields'] & object) => ({ type: 'list', fields, ...needsIdentifier }) as const

/** Its id is `ZONEID_name_TYPE[_setIdentifier]`. A change of type or identifier keeps the old one as its engine does. */
export const record = resourceType<State>({
  token: 'aws:route53/record:Record',
  label: 'Route53 Record',
  schema: {
    aliases: {
      type: 'list',
      conflictsWith: 'records',
      fields: {
        evaluateTargetHealth: { ...flag, ...required },
        name: { ...text, ...required, canonical: canonicalAliasName },
        zoneId: { ...text, ...required },
      },
    },
    allowOverwrite: { ...flag, ...computed },
    cidrRoutingPolicy: { type: 'object', unsupported: true },
    failoverRoutingPolicies: policy({ type: { ...text, ...required } }),
    fqdn: { ...text, ...output },
    geolocationRoutingPolicies: policy({ continent: text, country: text, subdivision: text }),
    geoproximityRoutingPolicy: { type: 'object', unsupported: true },
    healthCheckId: text,
    latencyRoutingPolicies: policy({ region: { ...text, ...required } }),
    multivalueAnswerRoutingPolicy: { ...flag, ...needsIdentifier },
    name: { ...text, ...required, ...replaces, canonical: (given) => withoutDot(given).toLowerCase() },
    records: texts,
    setIdentifier: text,
    ttl: { ...number, conflictsWith: 'aliases', requires: 'records' },
    type: { ...text, ...required },
    weightedRoutingPolicies: policy({ weight: { ...number, ...required } }),
    zoneId: { ...text, ...required, ...replaces },
  },

  async create(aws, planned) {
    const set = toRecordSet(planned, await fullName(aws, planned))
    const action = planned.allowOverwrite ? 'UPSERT' : 'CREATE'
    madeBy.set(planned, await inItsWords(change(aws, planned, [{ Action: action, ResourceRecordSet: set }])))
    return idOf(planned)
  },

  async complete(aws, _id, planned) {
    await untilServed(aws, madeBy.get(planned))
  },

  async read(aws, id, prior) {
    const known = prior.zoneId ? prior : fromId(id)
    const found = await unlessMissing(find(aws, known), 'NoSuchHostedZone')
    if (!found) return undefined
    const { zoneId, name, type, allowOverwrite } = known
    return {
      ...fromRecordSet(found.set),
      zoneId,
      name,
      type,
      fqdn: found.name,
      ...(allowOverwrite !== undefined && { allowOverwrite }),
    }
  },

  refreshedId: idOf,

  async update(aws, _id, planned, changed, prior) {
    if (changed.size === 1 && changed.has('allowOverwrite')) return
    const name = await fullName(aws, planned)
    const set = toRecordSet(planned, name)
    // Route 53 knows a set by name, type and identifier: another one takes its place, in one batch.
    const changes: Change[] =
      changed.has('type') || changed.has('setIdentifier')
        ? [
            { Action: 'DELETE', ResourceRecordSet: toRecordSet(prior, name) },
            { Action: 'CREATE', ResourceRecordSet: set },
          ]
        : [{ Action: 'UPSERT', ResourceRecordSet: set }]
    await untilServed(aws, await inItsWords(change(aws, planned, changes)))
  },

  /** As it is now, not as it was made. The official provider takes a refusal for success (terraform-provider-aws#37806). */
  async delete(aws, id, prior) {
    const known = prior.zoneId ? prior : fromId(id)
    const found = await unlessMissing(find(aws, known), 'NoSuchHostedZone')
    if (!found) return
    const request = change(aws, known, [{ Action: 'DELETE', ResourceRecordSet: found.set }], 'Deleted by Terraform')
    await untilServed(aws, await unlessMissing(request, 'InvalidChangeBatch'))
  },
})

function idOf({ zoneId, name = '', type = '', setIdentifier }: State): string {
  return [bareZone(zoneId), name, type, ...(setIdentifier ? [setIdentifier] : [])].join('_')
}

/** The changes that made records, for their completion. */
const madeBy = new WeakMap<State, string>()

/** Answers the change's id. */
async function change(aws: Aws, { zoneId }: State, Changes: Change[], Comment = 'Managed by Terraform') {
  const batch = new ChangeResourceRecordSetsCommand({
    HostedZoneId: bareZone(zoneId),
    ChangeBatch: { Changes, Comment },
  })
  const { ChangeInfo } = await aws.route53(batch)
  return ChangeInfo?.Id ?? ''
}

/** The official provider first looks after 10 to 30 s, and then every 15 s. */
async function untilServed(aws: Aws, Id: string | undefined): Promise<void> {
  if (!Id) return
  const waiting = { signal: aws.signal, timeoutSeconds: 1800, what: `change ${Id} to be INSYNC` }
  await poll(waiting, async () => {
    const answer = await aws.route53(new GetChangeCommand({ Id }))
    return answer.ChangeInfo?.Status === 'INSYNC' ? answer : undefined
  })
}

/** A refused batch is told by its code and messages alone. */
async function inItsWords<Result>(request: Promise<Result>): Promise<Result> {
  try {
    return await request
  } catch (error) {
    if (!hasCode(error, 'InvalidChangeBatch')) throw error
    const { messages = [error.awsMessage] } = error.cause as { messages?: string[] }
    throw new Error(`${error.code}: ${messages.join('\n')}`, { cause: error })
  }
}

async function find(aws: Aws, known: State): Promise<{ set: ResourceRecordSet; name: string } | undefined> {
  const name = await fullName(aws, known)
  const { zoneId, type, setIdentifier } = known
  const { ResourceRecordSets = [] } = await aws.route53(
    new ListResourceRecordSetsCommand({
      HostedZoneId: bareZone(zoneId),
      StartRecordName: `${name}.`,
      StartRecordType: type as RRType,
      MaxItems: setIdentifier ? 100 : 1,
    }),
  )
  const set = ResourceRecordSets.find(
    (candidate) =>
      withoutDot(plain(candidate.Name ?? '')) === name.toLowerCase() &&
      candidate.Type === type &&
      (candidate.SetIdentifier ?? '') === (setIdentifier ?? ''),
  )
  return set && { set, name }
}

/** A name that does not end with the zone's is one in the zone. */
async function fullName(aws: Aws, { zoneId, name = '' }: State): Promise<string> {
  const { HostedZone } = await aws.route53(new GetHostedZoneCommand({ Id: bareZone(zoneId) }))
  const zone = withoutDot(HostedZone?.Name ?? '')
  if (name.endsWith(zone)) return name
  return name === '' ? zone : `${name}.${zone}`
}

const bareZone = (zoneId: string | undefined): string => (zoneId ?? '').replace('/hostedzone/', '')

/** Route 53 writes `*` as `\052`. */
const plain = (name: string): string => name.replace('\\052', '*')

const types: readonly string[] = 'SOA A TXT NS CNAME MX NAPTR PTR SRV SPF AAAA CAA DS TLSA SSHFP SVCB HTTPS'.split(' ')

/** Names may have underscores: the first part that is a type ends them. */
function fromId(id: string): State {
  const [zoneId, ...parts] = id.split('_')
  const at = parts.findIndex((part) => types.includes(part))
  if (!zoneId || at < 1)
    throw new Error(
      `unexpected format of ID ("${id}"), expected ZONEID_RECORDNAME_TYPE_SET-IDENTIFIER ` +
        '(e.g. Z4KAPRWWNC7JR_dev.example.com_NS_dev), where SET-IDENTIFIER is optional',
    )
  const setIdentifier = parts.slice(at + 1).join('_')
  return {
    zoneId,
    name: withoutDot(parts.slice(0, at).join('_')),
    type: parts[at] ?? '',
    ...(setIdentifier && { setIdentifier }),
  }
}
