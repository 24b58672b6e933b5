ephemeral "gcore_account_token" "acme" {
  provider = accounts

  account_id = "7310004"
}

# The same provider, inside that account.
provider "accounts" {
  alias = "acme"

  gcore {
    access_token = ephemeral.gcore_account_token.acme.access_token
  }
}

data "gcore_caller" "acme" {
  provider = accounts.acme
}
