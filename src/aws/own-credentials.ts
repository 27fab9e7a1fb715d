import { fromNodeProviderChain } from "@aws-sdk/credential-providers"

/** The process's own identity, found as `aws` finds it: environment, SSO, web identity, profile, instance or task role. */
export function ownCredentials(region: string, profile: string | undefined): ReturnType<typeof fromNodeProviderChain> {
  return fromNodeProviderChain({ ...(profile === undefined ? {} : { profile }), clientConfig: { region } })
}
