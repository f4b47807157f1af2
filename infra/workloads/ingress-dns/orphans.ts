import type { Aws } from '../../aws/clients.ts'
import { changeRecordSets } from '../../aws/route53.ts'
import type { ResourceName } from '../kind.ts'
import type { IngressDnsSite } from './found.ts'
import { greenRecordName } from './plan.ts'
import { routedSets, typesOf } from './read.ts'
import { identifierOf } from './records.ts'

export const recordType = 'aws:route53/record:Record'

export const creates = (site: IngressDnsSite): readonly ResourceName[] =>
  typesOf(site).map((type) => ({ type: recordType, name: greenRecordName(type) }))

/** Known by its identifier. Throws when it has traffic: then it is no orphan, whatever our records say. */
export async function removeOrphan(site: IngressDnsSite, { name }: ResourceName, aws: Aws): Promise<string | null> {
  const found = site.found.records.find(({ type }) => greenRecordName(type) === name)
  if (!found) return null
  const identifier = identifierOf(site, found, 'green-record')
  const sets = await routedSets(site, aws)
  const orphan = sets.find(({ Type, SetIdentifier }) => Type === found.type && SetIdentifier === identifier)
  if (!orphan) return null
  if (orphan.Weight !== 0) {
    throw new Error(`${identifier} of ${site.config.record} is not in our record, and has traffic; nothing was deleted`)
  }
  await changeRecordSets(site.config.zone, [{ Action: 'DELETE', ResourceRecordSet: orphan }], aws)
  return identifier
}
