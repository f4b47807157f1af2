import type {
  LaunchTemplate,
  RequestLaunchTemplateData,
  ResponseLaunchTemplateData,
  ResourceType as TaggedType,
} from '@aws-sdk/client-ec2'
import type { ec2 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { prefixOf, uniqueName } from '../names.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { ec2Tagging, toTagList } from '../tags.ts'
import { launchTemplateSchema } from './launch-template-schema.ts'

type State = Unwrap<ec2.LaunchTemplateState>
type Mapping = NonNullable<State['blockDeviceMappings']>[number]

const missing = [
  'InvalidLaunchTemplateId.NotFound',
  'InvalidLaunchTemplateId.NotFoundException',
  'InvalidLaunchTemplateId.Malformed',
  'InvalidLaunchTemplateId.VersionNotFound',
]

export const launchTemplate = resourceType<State>({
  token: 'aws:ec2/launchTemplate:LaunchTemplate',
  label: 'EC2 Launch Template',
  tagging: ec2Tagging,
  schema: launchTemplateSchema,

  async create(aws, planned) {
    const { CreateLaunchTemplateCommand } = await import('@aws-sdk/client-ec2')
    const tags = toTagList(planned.tagsAll)
    const { LaunchTemplate } = await aws.ec2(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: planned.name ?? uniqueName(planned.namePrefix ?? 'terraform-'),
        LaunchTemplateData: toData(planned),
        ...(planned.description && { VersionDescription: planned.description }),
        ...(tags && { TagSpecifications: [{ ResourceType: 'launch-template', Tags: tags }] }),
      }),
    )
    return LaunchTemplate?.LaunchTemplateId ?? ''
  },

  async read(aws, id) {
    const { DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand } =
      await import('@aws-sdk/client-ec2')
    const found = await unlessMissing(
      aws.ec2(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] })),
      ...missing,
    )
    const template = found?.LaunchTemplates?.[0]
    if (!template) return undefined
    const Versions = [String(template.LatestVersionNumber)]
    const versions = await aws.ec2(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions }))
    const [version] = versions.LaunchTemplateVersions ?? []
    const account = await aws.accountId()
    return {
      arn: `arn:${aws.partition}:ec2:${aws.region}:${account}:launch-template/${id}`,
      ...fromTemplate(template),
      ...(version?.VersionDescription && { description: version.VersionDescription }),
      ...fromData(version?.LaunchTemplateData ?? {}),
    }
  },

  /** A change is a new version, which is not the default. */
  async update(aws, id, planned, changed) {
    if ([...changed].every((name) => ['tags', 'tagsAll', 'latestVersion'].includes(name))) return
    const { CreateLaunchTemplateVersionCommand } = await import('@aws-sdk/client-ec2')
    await aws.ec2(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        LaunchTemplateData: toData(planned),
        ...(planned.description && { VersionDescription: planned.description }),
      }),
    )
  },

  async delete(aws, id) {
    const { DeleteLaunchTemplateCommand } = await import('@aws-sdk/client-ec2')
    await unlessMissing(aws.ec2(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id })), ...missing)
  },
})

function toData(planned: State): RequestLaunchTemplateData {
  const { blockDeviceMappings, metadataOptions, tagSpecifications, vpcSecurityGroupIds } = planned
  return {
    ...(planned.imageId && { ImageId: planned.imageId }),
    ...({
      ...(planned.instanceType && { InstanceType: planned.instanceType }),
    } as RequestLaunchTemplateData),
    ...(planned.keyName && { KeyName: planned.keyName }),
    ...(planned.userData && { UserData: planned.userData }),
    ...(planned.ebsOptimized && { EbsOptimized: planned.ebsOptimized === 'true' }),
    ...(vpcSecurityGroupIds?.length && { SecurityGroupIds: vpcSecurityGroupIds }),
    ...(metadataOptions && {
      MetadataOptions: {
        HttpEndpoint: metadataOptions.httpEndpoint,
        HttpTokens: metadataOptions.httpTokens,
        HttpPutResponseHopLimit: metadataOptions.httpPutResponseHopLimit,
        InstanceMetadataTags: metadataOptions.instanceMetadataTags,
      } as RequestLaunchTemplateData['MetadataOptions'],
    }),
    ...(blockDeviceMappings?.length && { BlockDeviceMappings: blockDeviceMappings.map(toMapping) }),
    ...(tagSpecifications?.length && {
      TagSpecifications: tagSpecifications.map(({ resourceType: type, tags }) => ({
        ResourceType: type as TaggedType,
        Tags: toTagList(tags),
      })),
    }),
  }
}

function toMapping({ deviceName, ebs }: Mapping) {
  return {
    DeviceName: deviceName,
    Ebs: ebs && {
      VolumeSize: ebs.volumeSize,
      ...({ ...(ebs.volumeType && { VolumeType: ebs.volumeType }) } as object),
      ...(ebs.encrypted && { Encrypted: ebs.encrypted === 'true' }),
      ...(ebs.deleteOnTermination && { DeleteOnTermination: ebs.deleteOnTermination === 'true' }),
    },
  }
}

function fromTemplate(template: LaunchTemplate): State {
  return {
    defaultVersion: template.DefaultVersionNumber,
    latestVersion: template.LatestVersionNumber,
    name: template.LaunchTemplateName,
    namePrefix: prefixOf(template.LaunchTemplateName),
  }
}

function fromData(data: ResponseLaunchTemplateData): State {
  const { MetadataOptions: metadata, BlockDeviceMappings: mappings, TagSpecifications: tagged } = data
  return {
    imageId: data.ImageId,
    instanceType: data.InstanceType,
    keyName: data.KeyName,
    userData: data.UserData,
    ...(data.EbsOptimized !== undefined && { ebsOptimized: String(data.EbsOptimized) }),
    vpcSecurityGroupIds: data.SecurityGroupIds,
    ...(metadata && {
      metadataOptions: {
        httpEndpoint: metadata.HttpEndpoint,
        httpTokens: metadata.HttpTokens,
        httpPutResponseHopLimit: metadata.HttpPutResponseHopLimit,
        instanceMetadataTags: metadata.InstanceMetadataTags,
      },
    }),
    ...(mappings?.length && {
      blockDeviceMappings: mappings.map(({ DeviceName, Ebs }) => ({
        deviceName: DeviceName,
        ebs: {
          volumeSize: Ebs?.VolumeSize,
          volumeType: Ebs?.VolumeType,
          ...(Ebs?.Encrypted !== undefined && { encrypted: String(Ebs.Encrypted) }),
          ...(Ebs?.DeleteOnTermination !== undefined && { deleteOnTermination: String(Ebs.DeleteOnTermination) }),
        },
      })),
    }),
    ...(tagged?.length && {
      tagSpecifications: tagged.map(({ ResourceType: type, Tags = [] }) => ({
        resourceType: type ?? '',
        tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
      })),
    }),
  }
}
