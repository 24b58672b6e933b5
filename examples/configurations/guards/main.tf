# A plan that can't change anything, with a credential that can't be mistaken for another one.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

provider "accounts" {
  read_only   = true             # or ACCOUNTS_READ_ONLY=true, which a pull request can't turn off
  request_log = "requests.jsonl" # or ACCOUNTS_REQUEST_LOG

  softwareone {
    allowed_callers = ["TKN-1111-2222"]
  }
}

# Shows what to write into allowed_callers.
data "softwareone_caller" "this" {
  provider = accounts
}

data "softwareone_accounts" "all" {
  provider = accounts
}

output "caller" {
  value = data.softwareone_caller.this.id
}

output "accounts" {
  value = length(data.softwareone_accounts.all.accounts)
}
