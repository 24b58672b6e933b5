# A new account, and work inside it, in one apply. Credentials: GCORE_API_KEY, a reseller's.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

resource "gcore_account" "acme" {
  provider = accounts

  company = "Acme"
}

ephemeral "gcore_account_token" "acme" {
  provider = accounts

  account_id = gcore_account.acme.id
}

provider "accounts" {
  alias = "acme"

  gcore {
    access_token = ephemeral.gcore_account_token.acme.access_token
  }
}

# Read in the apply: while the account is new, no token is known before.
data "gcore_caller" "acme" {
  provider   = accounts.acme
  depends_on = [gcore_account.acme]
}

output "inside" {
  value = data.gcore_caller.acme.company
}
