ephemeral "gcore_api_token" "acme" {
  provider = accounts

  account_id = "7310004"
  name       = "network stack"
  role       = "Engineers"
  expires_in = "2h"
}

# Here stands whatever takes an API token, such as Gcore's own provider. This is the same provider, inside that account.
provider "accounts" {
  alias = "acme"

  gcore {
    api_key = ephemeral.gcore_api_token.acme.token
  }
}

data "gcore_caller" "acme" {
  provider = accounts.acme
}
