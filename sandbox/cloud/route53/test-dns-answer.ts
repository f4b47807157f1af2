import type { TestDNSAnswerCommandInput, TestDNSAnswerCommandOutput } from '@aws-sdk/client-route-53'
import type { Operation } from '../operation.ts'
import { findZone } from './find.ts'
import { invalidInput } from './invalid.ts'
import { canonicalName } from './names.ts'
import { resolveIn } from './resolution.ts'

/** What the zone's name servers would answer now. It takes its turn among weighted sets as any query does. */
export const testDnsAnswer: Operation<TestDNSAnswerCommandInput, TestDNSAnswerCommandOutput> = (world, input) => {
  const { HostedZoneId, RecordName = '', RecordType = 'A' } = input
  const zone = findZone(world, HostedZoneId)
  if (zone.private) throw invalidInput('TestDNSAnswer is not supported for private hosted zones.')
  const { code, answers } = resolveIn(world, zone, canonicalName(RecordName), RecordType)
  return {
    Nameserver: zone.nameServers[0],
    RecordName,
    RecordType,
    RecordData: answers.map(({ value }) => value),
    ResponseCode: code,
    Protocol: 'UDP',
  }
}
