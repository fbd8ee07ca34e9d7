/** What is typed, with `\t` for the Tab key, and what the plugin is then called with: a blank is put behind a word that is complete. */
export const cases: readonly (readonly [line: string, called: string])[] = [
  ['kubectl-flinksp hist\tx', '<history><x>'],
  ['kubectl-flinksp take --targ\tx', '<take><--target-directory><x>'],
  ['kubectl-flinksp take --context ki\tx', '<take><--context><kind-shop><x>'],
  ['kubectl-flinksp take --context=ki\tx', '<take><--context=kind-shop><x>'],
  ['kubectl-flinksp take -o jsonp\tx', '<take><-o><jsonpath=x>'],
  ['kubectl-flinksp take --via=gen\tx', '<take><--via=generation><x>'],
  ['kubectl-flinksp take --user arn:aws:iam::1:user/al\tx', '<take><--user><arn:aws:iam::1:user/alice><x>'],
  ['kubectl-flinksp history --sources record,sn\tx', '<history><--sources><record,snapshots><x>'],
  ['kubectl-flinksp inspect /etc/hostna\tx', '<inspect></etc/hostname><x>'],
  [
    'kubectl-flinksp restore orders --filename /etc/hostna\tx',
    '<restore><orders><--filename></etc/hostname><x>',
  ],
  ['kubectl-flinksp take --note /etc/hostna\tx', '<take><--note></etc/hostnax>'],
  ["kubectl-flinksp take '$(touch pwned)' --via=gen\tx", '<take><$(touch pwned)><--via=generation><x>'],
]

export const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  contexts: [
    { name: 'kind-shop', context: { cluster: 'c', user: 'u' } },
    { name: 'kind-$(touch pwned)', context: { cluster: 'c', user: 'u' } },
  ],
  users: [{ name: 'arn:aws:iam::1:user/alice', user: {} }],
})
