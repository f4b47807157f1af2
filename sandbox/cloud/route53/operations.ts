import type { Operations } from '../operation.ts'
import { changeResourceRecordSets } from './change-batch.ts'
import { getChange } from './changes.ts'
import * as zones from './hosted-zones.ts'
import * as protections from './protections.ts'
import { limited } from './rate-limit.ts'
import { listResourceRecordSets } from './record-lists.ts'
import * as tags from './tags.ts'
import { testDnsAnswer } from './test-dns-answer.ts'
import { requestsPerSecond } from './timing.ts'
import * as vpc from './vpc.ts'
import * as lists from './zone-lists.ts'

export const unlimited: Operations = {
  AssociateVPCWithHostedZone: vpc.associateVpc,
  ChangeResourceRecordSets: changeResourceRecordSets,
  ChangeTagsForResource: tags.changeTagsForResource,
  CreateHostedZone: zones.createHostedZone,
  CreateResourceRecordSetProtections: protections.createProtections,
  DeleteHostedZone: zones.deleteHostedZone,
  DeleteResourceRecordSetProtections: protections.deleteProtections,
  DisassociateVPCFromHostedZone: vpc.disassociateVpc,
  GetChange: getChange,
  GetHostedZone: zones.getHostedZone,
  GetHostedZoneCount: lists.getHostedZoneCount,
  ListHostedZones: lists.listHostedZones,
  ListHostedZonesByName: lists.listHostedZonesByName,
  ListHostedZonesByVPC: lists.listHostedZonesByVpc,
  ListResourceRecordSetProtections: protections.listProtections,
  ListResourceRecordSets: listResourceRecordSets,
  ListTagsForResource: tags.listTagsForResource,
  ListTagsForResources: tags.listTagsForResources,
  TestDNSAnswer: testDnsAnswer,
  UpdateHostedZoneComment: zones.updateHostedZoneComment,
}

export const route53: Operations = limited(unlimited, requestsPerSecond)
