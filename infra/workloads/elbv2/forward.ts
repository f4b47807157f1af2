import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Colour, Split } from '../../traffic.ts'
import type { Stage } from '../kind.ts'

/** The forward action as found: what is kept of it whatever the split is. Stickiness is never enabled; find refuses it. */
export interface FoundForward {
  readonly order: number | null
  /** AWS answers 1 for a plain forward to one group. */
  readonly weight: number
  readonly stickinessSeconds: number | null
  /** false: a network load balancer's, which takes no word on stickiness (TargetGroupStickinessConfig). */
  readonly stickable: boolean
}

/** One weighted target group, named by the side it belongs to. */
export interface Share {
  readonly colour: Colour
  readonly weight: number
}

/**
 * Who gets the traffic at a switch point. The one source for the staged `up` and for the flip, so that they agree.
 * Without green it is blue alone with the weight it was found with, which is how AWS describes it as found.
 */
export function sharesFor(found: FoundForward, split: Split, stage: Pick<Stage, 'green' | 'blue'>): readonly Share[] {
  if (stage.green === 'absent') return [{ colour: 'blue', weight: found.weight }]
  if (stage.blue === 'retired') return [{ colour: 'green', weight: found.weight }]
  return [
    { colour: 'blue', weight: split.blue },
    { colour: 'green', weight: split.green },
  ]
}

/** The shares as an SDK action, for the flip. ModifyRule and ModifyListener replace the whole list. */
export function sdkActions(
  found: FoundForward,
  shares: readonly Share[],
  groups: Readonly<Record<Colour, string>>,
): Action[] {
  return [
    {
      Type: 'forward',
      ...(found.order === null ? {} : { Order: found.order }),
      ForwardConfig: {
        TargetGroups: shares.map(({ colour, weight }) => ({ TargetGroupArn: groups[colour], Weight: weight })),
        ...(found.stickable ? { TargetGroupStickinessConfig: stickinessOff(found) } : {}),
      },
    },
  ]
}

const stickinessOff = ({ stickinessSeconds }: FoundForward) => ({
  Enabled: false,
  ...(stickinessSeconds === null ? {} : { DurationSeconds: stickinessSeconds }),
})
