import { allHome } from './all-home.ts'
import { atOnce } from './at-once.ts'
import { commands } from './commands.ts'
import { home } from './home.ts'
import { growth } from './growth.ts'
import { hundred } from './hundred.ts'
import { kinds } from './kinds.ts'
import { largeStack } from './large-stack.ts'
import { memory } from './memory.ts'
import type { Part } from './part.ts'
import { reads } from './reads.ts'
import { ups } from './ups.ts'

/** In the order in which they are run and told. */
export const parts: Readonly<Record<string, Part>> = {
  ups,
  home,
  kinds,
  'at-once': atOnce,
  'large-stack': largeStack,
  memory,
  hundred,
  'all-home': allHome,
  reads,
  growth,
  commands,
}

/** They take the longest, and are run on request. */
export const onRequest: readonly string[] = ['hundred', 'all-home', 'reads', 'growth', 'commands']
