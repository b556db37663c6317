// What lets a program past Cloudflare Access where that stands before a router: the headers of a service token, from the
// variables that wrangler reads too.

/** The headers of the service token in the environment; none where there is no token. */
export function accessHeaders(environment: NodeJS.ProcessEnv): Record<string, string> {
  const id = environment["CLOUDFLARE_ACCESS_CLIENT_ID"] ?? "";
  const secret = environment["CLOUDFLARE_ACCESS_CLIENT_SECRET"] ?? "";
  return id === "" || secret === "" ? {} : { "cf-access-client-id": id, "cf-access-client-secret": secret };
}
