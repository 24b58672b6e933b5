# A reseller's customer, and an additional account of the reseller's own. Credentials: GCORE_API_KEY, a reseller's.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

variable "customer_password" {
  type      = string
  sensitive = true
  ephemeral = true
  default   = null # only the create needs it: later plans then don't ask
}

resource "gcore_reseller_user" "customer" {
  provider = accounts

  email               = "owner@customer.example"
  company             = "Customer"
  custom_id           = "CRM-0042"
  password_wo         = var.customer_password
  password_wo_version = 1

  services = {
    CDN   = true
    CLOUD = false
    DNS   = null # as the reseller's default has it
  }
}

resource "gcore_account" "team" {
  provider = accounts

  company = "Platform Team"
}

output "customer_account" {
  value = gcore_reseller_user.customer.client_id
}
