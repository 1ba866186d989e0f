// A certified OpenID provider (npm's oidc-provider) with one client and one person, for
// test_certified_provider.py: node provider.mjs PORT REDIRECT_URI PUBLIC_JWKS
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [, , port, redirectUri, jwks] = process.argv
const require = createRequire(`${process.cwd()}/`)
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href)

const client = (method, more) => ({
  client_id: `clinic-${method}`,
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: method,
  ...more,
})
const secret = { client_secret: 's3cret: of the clinic/%' }
const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    client('client_secret_basic', secret),
    client('client_secret_post', secret),
    client('private_key_jwt', { jwks: JSON.parse(jwks), token_endpoint_auth_signing_alg: 'RS256' }),
  ],
  claims: { openid: ['sub'], mitid: ['cpr', 'loa', 'identity_type'] },
  cookies: { keys: ['a key of a test'] },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, cpr: '0709614606', loa: 'Substantial', identity_type: 'private' }),
  }),
})
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'))
