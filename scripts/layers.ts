import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { forbidden } from './layers/rules.ts'

/** Checks the direction of imports: the rules, each with what to do, stand in layers/rules.ts. */
const { output } = await cruise(
  ['src'],
  {
    ruleSet: { forbidden },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
  {},
  { tsConfig: extractTSConfig('tsconfig.json') },
)
const { summary, modules } = output as ICruiseResult
const comments = new Map(forbidden.map(rule => [rule.name, rule.comment]))

// dependency-cruiser finds no TypeScript, and says nothing, where it cannot use the installed compiler (TypeScript 7).
const cruised = modules.filter(({ source }) => source.startsWith('src/')).length
if (cruised === 0) fail('0 modules cruised: can dependency-cruiser use the installed TypeScript?')

for (const { rule, from, to } of summary.violations) {
  console.error(`${from}${to === from ? '' : ` → ${to}`}\n  ${rule.name}: ${comments.get(rule.name)}`)
}
if (summary.violations.length > 0) fail(`${summary.violations.length} imports against the layers`)
console.log(`layers: ${cruised} modules, ${summary.totalDependenciesCruised} imports, none against the rules`)

function fail(text: string): never {
  console.error(`error: ${text}`)
  process.exit(1)
}
