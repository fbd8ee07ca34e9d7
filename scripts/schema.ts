import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGenerator } from 'ts-json-schema-generator'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const schemaPath = path('../docs/schema/v1.json')

/** The JSON Schema of what `-o json` prints, out of the types in src/view/document.ts. */
export function schemaText(): string {
  const schema = createGenerator({
    path: path('../src/view/document.ts'),
    tsconfig: path('../tsconfig.json'),
    type: 'V1Document',
    topRef: false,
    // Readers must bear fields that are added later.
    additionalProperties: true,
    skipTypeCheck: true,
  }).createSchema('V1Document')
  return `${JSON.stringify({ title: 'What kubectl flinksp prints with -o json and -o yaml', ...schema }, null, 2)}\n`
}

export function isFresh(): boolean {
  return readFileSync(schemaPath, 'utf8') === schemaText()
}

if (import.meta.main) {
  if (!process.argv.includes('--check')) writeFileSync(schemaPath, schemaText())
  else if (!isFresh()) {
    console.error('docs/schema/v1.json is stale: run node scripts/schema.ts')
    process.exitCode = 1
  }
}
