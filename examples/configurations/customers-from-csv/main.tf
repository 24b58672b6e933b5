# Accounts for a list of customers. Beyond some hundreds prefer several blocks, one per region say: Terraform's own cost of
# one for_each grows with the square of its length.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

locals {
  customers = { for row in csvdecode(file("${path.module}/customers.csv")) : row.key => row }
}

resource "softwareone_account" "customer" {
  for_each = local.customers
  provider = accounts

  name                    = each.value.name
  type                    = "Client"
  technical_support_email = each.value.email == "" ? null : each.value.email

  address = {
    city    = each.value.city
    country = each.value.country
  }
}

output "accounts" {
  value = { for key, account in softwareone_account.customer : key => account.id }
}
