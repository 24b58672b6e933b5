# One customer at three vendors, by one provider.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

# Credentials come from the environment. Limits and addresses can still be set here.
provider "accounts" {
  gcore {
    max_requests_per_second = 50
  }
  softwareone {
    max_requests_per_second = 10
  }
}

locals {
  customer = "Acme"
}

resource "gcore_account" "customer" {
  provider = accounts

  company = local.customer
}

resource "softwareone_account" "customer" {
  provider = accounts

  name = local.customer
  type = "Client"
}

resource "fortanix_account" "customer" {
  provider = accounts

  name = local.customer
}

output "ids" {
  value = {
    gcore       = gcore_account.customer.id
    softwareone = softwareone_account.customer.id
    fortanix    = fortanix_account.customer.id
  }
}
