import type {
  CreateLaunchTemplateCommandInput,
  CreateLaunchTemplateCommandOutput,
  CreateLaunchTemplateVersionCommandInput,
  CreateLaunchTemplateVersionCommandOutput,
  DeleteLaunchTemplateCommandInput,
  DeleteLaunchTemplateCommandOutput,
  DescribeLaunchTemplatesCommandInput,
  DescribeLaunchTemplatesCommandOutput,
  DescribeLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplateVersionsCommandOutput,
  LaunchTemplate,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { newId } from './ids.ts'
import { launchTemplates } from './nouns.ts'
import { describeTags, find, paged, select } from './select.ts'
import type { LaunchTemplateRecord } from './state.ts'
import { requestedTags, tagNew } from './tags.ts'

const createdBy = (world: World) => `arn:aws:iam::${world.accountId}:user/operator`

const describe = (world: World, template: LaunchTemplateRecord): LaunchTemplate => ({
  LaunchTemplateId: template.LaunchTemplateId,
  LaunchTemplateName: template.LaunchTemplateName,
  CreateTime: template.CreateTime,
  CreatedBy: createdBy(world),
  DefaultVersionNumber: 1,
  LatestVersionNumber: template.versions.length,
  Tags: describeTags(world, template.LaunchTemplateId),
})

/** Terms of launch templates are the same in a request and in an answer, as far as anybody here reads them. */
const describeVersions = (world: World, template: LaunchTemplateRecord): LaunchTemplateVersion[] =>
  template.versions.map(({ data, description, at }, index) => ({
    LaunchTemplateId: template.LaunchTemplateId,
    LaunchTemplateName: template.LaunchTemplateName,
    VersionNumber: index + 1,
    VersionDescription: description,
    CreateTime: at,
    CreatedBy: createdBy(world),
    DefaultVersion: index === 0,
    LaunchTemplateData: data,
  }))

interface Named {
  LaunchTemplateId?: string | undefined
  LaunchTemplateName?: string | undefined
}

/** By its id or by its name, as a call gives one of the two. */
export function findTemplate(world: World, { LaunchTemplateId, LaunchTemplateName }: Named): LaunchTemplateRecord {
  if (LaunchTemplateName === undefined) return find(world, launchTemplates, LaunchTemplateId)
  const found = [...world.ec2.launchTemplates.values()].find((one) => one.LaunchTemplateName === LaunchTemplateName)
  if (found) return found
  throw new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${LaunchTemplateName}, does not exist.`,
  )
}

/** `$Default`, `$Latest` or a number; undefined when the template has no such version. */
export function versionOf({ versions }: LaunchTemplateRecord, version = '$Default') {
  if (version === '$Default') return versions[0]
  return version === '$Latest' ? versions.at(-1) : versions[Number(version) - 1]
}

export const createLaunchTemplate: Operation<CreateLaunchTemplateCommandInput, CreateLaunchTemplateCommandOutput> = (
  world,
  input,
) => {
  const { LaunchTemplateName = '', LaunchTemplateData = {}, VersionDescription } = input
  if ([...world.ec2.launchTemplates.values()].some((one) => one.LaunchTemplateName === LaunchTemplateName)) {
    throw new AwsError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.')
  }
  const tags = requestedTags(input.TagSpecifications, launchTemplates.resourceType)
  const at = new Date()
  const template: LaunchTemplateRecord = {
    LaunchTemplateId: newId('lt'),
    LaunchTemplateName,
    CreateTime: at,
    versions: [{ data: LaunchTemplateData, description: VersionDescription, at }],
  }
  world.ec2.launchTemplates.set(template.LaunchTemplateId, template)
  tagNew(world, template.LaunchTemplateId, tags)
  return { LaunchTemplate: describe(world, template) }
}

export const createLaunchTemplateVersion: Operation<
  CreateLaunchTemplateVersionCommandInput,
  CreateLaunchTemplateVersionCommandOutput
> = (world, input) => {
  const template = findTemplate(world, input)
  const source = input.SourceVersion === undefined ? undefined : versionOf(template, input.SourceVersion)
  const data = { ...source?.data, ...input.LaunchTemplateData }
  template.versions.push({ data, description: input.VersionDescription, at: new Date() })
  return { LaunchTemplateVersion: describeVersions(world, template).at(-1) }
}

export const deleteLaunchTemplate: Operation<DeleteLaunchTemplateCommandInput, DeleteLaunchTemplateCommandOutput> = (
  world,
  input,
) => {
  const template = findTemplate(world, input)
  const described = describe(world, template)
  world.ec2.launchTemplates.delete(template.LaunchTemplateId)
  world.ec2.tags.delete(template.LaunchTemplateId)
  return { LaunchTemplate: described }
}

const describeTemplates: Operation<DescribeLaunchTemplatesCommandInput, DescribeLaunchTemplatesCommandOutput> = (
  world,
  input,
) => {
  const named = input.LaunchTemplateNames?.map(
    (LaunchTemplateName) => findTemplate(world, { LaunchTemplateName }).LaunchTemplateId,
  )
  const { items, NextToken } = select(world, launchTemplates, input.LaunchTemplateIds ?? named, input)
  return { LaunchTemplates: items.map((template) => describe(world, template)), NextToken }
}

const describeTemplateVersions: Operation<
  DescribeLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplateVersionsCommandOutput
> = (world, input) => {
  const template = findTemplate(world, input)
  const wanted = input.Versions?.map((version) => versionOf(template, version))
  const all = describeVersions(world, template)
  const found = all.filter((_, index) => !wanted?.length || wanted.includes(template.versions[index]))
  const { items, NextToken } = paged(found, input.MaxResults, input.NextToken)
  return { LaunchTemplateVersions: items, NextToken }
}

export const launchTemplateOperations: Operations = {
  CreateLaunchTemplate: createLaunchTemplate,
  CreateLaunchTemplateVersion: createLaunchTemplateVersion,
  DeleteLaunchTemplate: deleteLaunchTemplate,
  DescribeLaunchTemplates: describeTemplates,
  DescribeLaunchTemplateVersions: describeTemplateVersions,
}
