/**
 * The vendors' libraries look into the environment themselves. Here it has nothing of whoever runs the tests: no login, no
 * profile, no command that has one, and no cloud to ask.
 */
const touched = /^(AWS_|AZURE_|GOOGLE_|GCE_|STORAGE_|CLOUDSDK_|HOME$|USERPROFILE$|PATH$)/
const alone = {
  HOME: '/nonexistent',
  PATH: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  AZURE_TOKEN_CREDENTIALS: 'dev',
}
let before: NodeJS.ProcessEnv | undefined

function clear(): void {
  for (const name of Object.keys(process.env)) if (touched.test(name)) delete process.env[name]
}

export const environment = {
  set(variables: Readonly<Record<string, string>>): void {
    before ??= { ...process.env }
    clear()
    Object.assign(process.env, alone, variables)
  },
  restore(): void {
    if (!before) return
    clear()
    Object.assign(process.env, before)
    before = undefined
  },
}
