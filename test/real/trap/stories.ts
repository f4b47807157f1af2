import type { Side } from './side.ts'

/** Steps, and what the controllers are to write to AWS on account of them, in order. */
export interface Story {
  readonly title: string
  run(side: Side): Promise<void>
  readonly writes: readonly string[]
  /** Why the order within a call cannot be compared. Absent: it is. */
  readonly anyOrderWithin?: string
}

const cleanUp = 'a clean-up names targets as the real controller remembers them, which is in no order'

/** Targets are named in the order of their addresses as text: blue-2 (10.0.1.10), blue-3 (10.0.1.8), blue-1 (10.0.1.9). */
export const stories: readonly Story[] = [
  {
    title: 'the trap: green removes every target that it does not know, before it registers its own',
    async run({ aws, blue, green }) {
      const group = await aws.createGroup('shared')
      await blue.serve('trap', ['blue-1', 'blue-2'])
      await green.serve('trap', ['green-1', 'green-2'])
      await blue.bind('trap', group)
      await aws.untilServedBy(group, ['blue-1', 'blue-2'])
      await blue.touch('trap')
      await green.bind('trap', group)
      await aws.untilServedBy(group, ['green-1', 'green-2'])
      await blue.touch('trap')
      await green.touch('trap')
    },
    writes: [
      'blue registers blue-2 blue-1 in shared',
      'green deregisters blue-2 blue-1 in shared',
      'green registers green-1 green-2 in shared',
    ],
  },
  {
    title: 'after the trap: blue has not noticed, and acts on the list that it remembers',
    async run({ aws, blue, green }) {
      const group = await aws.createGroup('stale')
      await blue.serve('stale', ['blue-1', 'blue-2'])
      await green.serve('stale', ['green-1', 'green-2'])
      await blue.bind('stale', group)
      await aws.untilServedBy(group, ['blue-1', 'blue-2'])
      await blue.touch('stale')
      await green.bind('stale', group)
      await aws.untilServedBy(group, ['green-1', 'green-2'])
      await green.touch('stale')
      await blue.setPods('stale', ['blue-1', 'blue-3'])
      await aws.untilServedBy(group, ['green-1', 'green-2', 'blue-3'])
      await green.touch('stale')
      await green.setPods('stale', ['green-3'])
      await aws.untilServedBy(group, ['green-3', 'blue-3'])
    },
    writes: [
      'blue registers blue-2 blue-1 in stale',
      'green deregisters blue-2 blue-1 in stale',
      'green registers green-1 green-2 in stale',
      'blue deregisters blue-2 in stale',
      'blue registers blue-3 in stale',
      'green deregisters green-1 green-2 in stale',
      'green registers green-3 in stale',
    ],
  },
  {
    title: 'a pod is replaced: the old one goes before the new one comes',
    async run({ aws, blue }) {
      const group = await aws.createGroup('replaced')
      await blue.serve('replaced', ['blue-1', 'blue-2'])
      await blue.bind('replaced', group)
      await aws.untilServedBy(group, ['blue-1', 'blue-2'])
      await blue.setPods('replaced', ['blue-2', 'blue-3'])
      await aws.untilServedBy(group, ['blue-2', 'blue-3'])
    },
    writes: [
      'blue registers blue-2 blue-1 in replaced',
      'blue deregisters blue-1 in replaced',
      'blue registers blue-3 in replaced',
    ],
  },
  {
    title: 'no pod is ready any more: every target goes, and the binding stays',
    async run({ aws, blue }) {
      const group = await aws.createGroup('unready')
      await blue.serve('unready', ['blue-1', 'blue-2'])
      await blue.bind('unready', group)
      await aws.untilServedBy(group, ['blue-1', 'blue-2'])
      await blue.setPods('unready', [])
      await aws.untilServedBy(group, [])
      await blue.setPods('unready', ['blue-3'])
      await aws.untilServedBy(group, ['blue-3'])
    },
    writes: [
      'blue registers blue-2 blue-1 in unready',
      'blue deregisters blue-2 blue-1 in unready',
      'blue registers blue-3 in unready',
    ],
  },
  {
    title: 'a binding is deleted: its targets go',
    async run({ aws, blue }) {
      const group = await aws.createGroup('unbound')
      await blue.serve('unbound', ['blue-1', 'blue-2'])
      await blue.bind('unbound', group)
      await aws.untilServedBy(group, ['blue-1', 'blue-2'])
      await blue.touch('unbound')
      await blue.unbind('unbound')
      await aws.untilServedBy(group, [])
    },
    writes: ['blue registers blue-2 blue-1 in unbound', 'blue deregisters blue-1 blue-2 in unbound'],
    anyOrderWithin: cleanUp,
  },
  {
    title: 'a Service is deleted: its targets go, although the binding stays',
    async run({ aws, blue }) {
      const group = await aws.createGroup('unserved')
      await blue.serve('unserved', ['blue-1', 'blue-2'])
      await blue.bind('unserved', group)
      await aws.untilServedBy(group, ['blue-1', 'blue-2'])
      await blue.touch('unserved')
      await blue.unserve('unserved')
      await aws.untilServedBy(group, [])
    },
    writes: ['blue registers blue-2 blue-1 in unserved', 'blue deregisters blue-1 blue-2 in unserved'],
    anyOrderWithin: cleanUp,
  },
  {
    title: 'the safe way, a group for each: neither controller touches the other one’s targets',
    async run({ aws, blue, green }) {
      const [ofBlue, ofGreen] = [await aws.createGroup('own-blue'), await aws.createGroup('own-green')]
      await blue.serve('own', ['blue-1', 'blue-2'])
      await green.serve('own', ['green-1', 'green-2'])
      await blue.bind('own', ofBlue)
      await aws.untilServedBy(ofBlue, ['blue-1', 'blue-2'])
      await green.bind('own', ofGreen)
      await aws.untilServedBy(ofGreen, ['green-1', 'green-2'])
      await blue.touch('own')
      await blue.setPods('own', ['blue-1', 'blue-3'])
      await aws.untilServedBy(ofBlue, ['blue-1', 'blue-3'])
      await green.touch('own')
      await green.unbind('own')
      await aws.untilServedBy(ofGreen, [])
      await aws.untilServedBy(ofBlue, ['blue-1', 'blue-3'])
    },
    writes: [
      'blue registers blue-2 blue-1 in own-blue',
      'green registers green-1 green-2 in own-green',
      'blue deregisters blue-2 in own-blue',
      'blue registers blue-3 in own-blue',
      'green deregisters green-1 green-2 in own-green',
    ],
    anyOrderWithin: cleanUp,
  },
]
