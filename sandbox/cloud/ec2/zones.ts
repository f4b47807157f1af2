import type {
  AvailabilityZone,
  DescribeAvailabilityZonesCommandInput,
  DescribeAvailabilityZonesCommandOutput,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { applyFilters, type Filterable } from './filters.ts'

type Zone = AvailabilityZone & { ZoneName: string; ZoneId: string }

const directions: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
}

/** `ap-northeast-2` → `apne2`, the start of the ids of its zones. */
const shortName = (region: string): string =>
  region
    .split('-')
    .map((part) => directions[part] ?? part)
    .join('')

/** Every region has three zones here. */
export function zonesOf(world: World): Zone[] {
  const { region } = world
  return ['a', 'b', 'c'].map((letter, index) => ({
    ZoneName: `${region}${letter}`,
    ZoneId: `${shortName(region)}-az${index + 1}`,
    ZoneType: 'availability-zone',
    RegionName: region,
    GroupName: `${region}-zg-1`,
    NetworkBorderGroup: region,
    State: 'available',
    OptInStatus: 'opt-in-not-required',
    Messages: [],
  }))
}

const filterable: Filterable<Zone> = {
  'group-name': (zone) => zone.GroupName,
  'opt-in-status': (zone) => zone.OptInStatus,
  'region-name': (zone) => zone.RegionName,
  state: (zone) => zone.State,
  'zone-id': (zone) => zone.ZoneId,
  'zone-name': (zone) => zone.ZoneName,
  'zone-type': (zone) => zone.ZoneType,
}

const describeAvailabilityZones: Operation<
  DescribeAvailabilityZonesCommandInput,
  DescribeAvailabilityZonesCommandOutput
> = (world, input) => {
  const { ZoneNames = [], ZoneIds = [], Filters } = input
  const zones = zonesOf(world)
  const unknown =
    ZoneNames.find((name) => !zones.some((zone) => zone.ZoneName === name)) ??
    ZoneIds.find((id) => !zones.some((zone) => zone.ZoneId === id))
  if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${unknown}]`)
  const named = zones.filter(
    ({ ZoneName, ZoneId }) =>
      (ZoneNames.length === 0 || ZoneNames.includes(ZoneName)) && (ZoneIds.length === 0 || ZoneIds.includes(ZoneId)),
  )
  return { AvailabilityZones: applyFilters(world, named, Filters, filterable, () => new Map()) }
}

export const zones: Operations = { DescribeAvailabilityZones: describeAvailabilityZones }
