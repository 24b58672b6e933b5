terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

variable "mpt_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

# Only the vendors in use need a block, and a credential that is in the environment needs none.
provider "accounts" {
  softwareone {
    api_token = var.mpt_api_token # or MPT_API_TOKEN
  }
}
