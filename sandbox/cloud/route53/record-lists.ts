import type { ListResourceRecordSetsCommandInput, ListResourceRecordSetsCommandOutput } from '@aws-sdk/client-route-53'
import type { Operation } from '../operation.ts'
import { findZone } from './find.ts'
import { invalidInput, requireRange } from './invalid.ts'
import { byLabels, canonicalName, compare } from './names.ts'
import type { RecordSet } from './state.ts'

/** At most so many in one answer, and as many when the caller does not say. */
const largestPage = 300

/** With what is still PENDING, in the order of names by label, types and identifiers. */
export const listResourceRecordSets: Operation<
  ListResourceRecordSetsCommandInput,
  ListResourceRecordSetsCommandOutput
> = (world, input) => {
  const { StartRecordName, StartRecordType, StartRecordIdentifier, MaxItems = largestPage } = input
  const zone = findZone(world, input.HostedZoneId)
  requireRange('maxItems', MaxItems, 1, Infinity)
  if (StartRecordType && !StartRecordName) throw invalidInput('The record type cannot be specified without a name')
  if (StartRecordIdentifier && !StartRecordType) {
    throw invalidInput('The record set identifier cannot be specified without a name and a type')
  }
  const start = StartRecordName && {
    Name: canonicalName(StartRecordName),
    Type: StartRecordType ?? '',
    SetIdentifier: StartRecordIdentifier ?? '',
  }
  const sets = [...zone.records.values()].sort(inOrder).filter((set) => !start || inOrder(set, start) >= 0)
  const size = Math.min(MaxItems, largestPage)
  const next = sets[size]
  return {
    ResourceRecordSets: sets.slice(0, size),
    IsTruncated: next !== undefined,
    NextRecordName: next?.Name,
    NextRecordType: next?.Type,
    NextRecordIdentifier: next?.SetIdentifier,
    MaxItems,
  }
}

type Place = { readonly Name: string; readonly Type: string } & Pick<RecordSet, 'SetIdentifier'>

const inOrder = (a: Place, b: Place): number =>
  byLabels(a.Name, b.Name) || compare(a.Type, b.Type) || compare(a.SetIdentifier ?? '', b.SetIdentifier ?? '')
