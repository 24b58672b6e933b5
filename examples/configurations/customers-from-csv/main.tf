# Accounts for a list of customers. For more than some hundreds use several blocks, such as one per region: Terraform's own
# cost of one for_each grows with the square of its length. An empty cell is a value that isn't set.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

locals {
  # Spreadsheets begin a file with a byte order mark, which would become part of the first column's name.
  rows      = csvdecode(trimprefix(file("${path.module}/customers.csv"), "\ufeff"))
  customers = { for row in local.rows : row.key => { for column, text in row : column => text == "" ? null : text } }
}

resource "softwareone_account" "customer" {
  for_each = local.customers
  provider = accounts

  name                    = each.value.name
  type                    = "Client"
  technical_support_email = each.value.email

  # An address without any value is an error, so a customer without one has none.
  address = each.value.city == null && each.value.country == null ? null : {
    city    = each.value.city
    country = each.value.country
  }
}

output "accounts" {
  value = { for key, account in softwareone_account.customer : key => account.id }
}
