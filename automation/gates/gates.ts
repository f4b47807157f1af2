import { blueIdle } from './blue-idle.ts'
import { blueSettled, bakeElapsed, soakElapsed } from './elapsed.ts'
import type { Facts, Gate, GateResult, Need } from './gate.ts'
import { greenAnswers } from './green-answers.ts'
import { greenEnough } from './green-enough.ts'
import { greenReady } from './green-ready.ts'
import { groupsApart } from './groups-apart.ts'
import { personConfirms } from './person-confirms.ts'
import { splitInEffect } from './split-in-effect.ts'
import { windowOpen } from './window-open.ts'
import { wayClear } from './way-clear.ts'

/** Every gate by its name; which phase asks which stands in phases/. */
export const gates = {
  'split-in-effect': splitInEffect,
  'groups-apart': groupsApart,
  'way-clear': wayClear,
  'green-ready': greenReady,
  'green-enough': greenEnough,
  'green-answers': greenAnswers,
  'bake-elapsed': bakeElapsed,
  'soak-elapsed': soakElapsed,
  'blue-idle': blueIdle,
  'blue-settled': blueSettled,
  'window-open': windowOpen,
  'person-confirms': personConfirms,
} as const satisfies Record<string, Gate>

export type GateName = keyof typeof gates

export const askGates = (names: readonly GateName[], facts: Facts): GateResult[] =>
  names.map((name) => ({ name, ...gates[name].ask(facts) }))

/** What has to be read before these gates can be asked. */
export const needsOf = (names: readonly GateName[]): ReadonlySet<Need> =>
  new Set(names.flatMap((name) => gates[name].needs))
